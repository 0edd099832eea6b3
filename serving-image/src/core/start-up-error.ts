import { types } from "node:util";

const { isNativeError } = types;

/** Why the server could not start. Every code is explained in the README. */
export const StartUpCode = {
  ConfigFileUnreadable: "SRV101",
  ConfigFileNotJson: "SRV102",
  SettingUnknown: "SRV103",
  SettingInvalid: "SRV104",
  SettingMissing: "SRV105",
  SettingDuplicated: "SRV106",
  ModelUnreachable: "SRV201",
  ModelSha256Differs: "SRV202",
  ModelNotOnnx: "SRV203",
  ModelCutShort: "SRV204",
  ModelRootUnwritable: "SRV205",
  ModelUnsupported: "SRV206",
  ModelUnsigned: "SRV208",
  ModelNoRoom: "SRV209",
  ExternalDataRefused: "SRV210",
  ModelNotLoaded: "SRV220",
  PortInUse: "SRV301",
  PortRefused: "SRV302",
} as const;
export type StartUpCode = (typeof StartUpCode)[keyof typeof StartUpCode];

/** A problem that keeps the server from starting, and how to fix it. */
export interface StartUpProblem {
  readonly code: StartUpCode;
  /** Where the problem is: a setting such as `http.port`, or a file. */
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

/** Ends the process with exit code 1 and prints its problems without a stack trace. */
export class StartUpError extends Error {
  constructor(readonly problems: readonly StartUpProblem[]) {
    super(problems.map(describeProblem).join(" "));
    this.name = "StartUpError";
  }
}

export function startUpError(code: StartUpCode, path: string, message: string, fix: string): StartUpError {
  return new StartUpError([{ code, path, message, fix }]);
}

export function describeProblem(problem: StartUpProblem): string {
  return `[${problem.code}] ${problem.path}: ${problem.message} ${problem.fix}`;
}

/** The message of anything that was thrown, with its cause, on one line and without a final period. */
export function reasonOf(error: unknown): string {
  const cause = isNativeError(error) && isNativeError(error.cause) ? `: ${messageOf(error.cause)}` : "";
  return (messageOf(error) + cause).replace(/\s+/g, " ").replace(/[. ]+$/, "");
}

/** A host with several addresses fails with one error for each, and without a message of its own. */
function messageOf(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  if (error.message !== "") return error.message;
  const several: unknown[] = "errors" in error && Array.isArray(error.errors) ? error.errors : [];
  return several.length === 0 ? (systemCodeOf(error) ?? error.name) : several.map(messageOf).join(", ");
}

/** The error code of a failed system call, such as `ENOENT`. */
export function systemCodeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
