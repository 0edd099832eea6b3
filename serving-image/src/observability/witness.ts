import type { Prediction } from "../handlers/prediction";

/** One request that is about to be answered, as those see it who watch. */
export interface Seen {
  readonly model: string;
  readonly version: string;
  /** What was asked for: a URL, or the method of a service. */
  readonly url: string;
  /** The status that it is counted under. */
  readonly code: number;
  /** Whole time in the server. */
  readonly seconds: number;
  /** When it had arrived, by `performance.now()`. */
  readonly startedAt: number;
  /** What the model answered; absent where the request got no prediction. */
  readonly prediction?: Prediction | undefined;
  /** A header of the request, by its name in lower case. */
  header(name: string): string | undefined;
}

/**
 * Looks at requests for a reason of its own. The answer waits until it has returned, so whatever takes time is put off
 * until the answer is on its way.
 */
export interface Witness {
  saw(request: Seen): void;
}
