import type { StartUpProblem } from "../../core/start-up-error";

/** Which graph a thread reads. */
export interface ExternalFilesTask {
  readonly path: string;
  readonly uri: string;
}

export type ExternalFilesReply =
  | { readonly kind: "read"; readonly files: readonly string[] }
  | { readonly kind: "refused"; readonly problems: readonly StartUpProblem[] };
