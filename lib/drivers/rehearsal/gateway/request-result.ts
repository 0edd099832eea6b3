import { isFailedStatus, isTimedStatus } from "../../../core/contract";

/** How a request ended, as far as it is counted. */
export interface RequestResult {
  /** Whether it is an error of the service. */
  readonly failed: boolean;
  /** Whether its latency says how fast the service is. */
  readonly timed: boolean;
}

/** No connection, a connection that was reset, or an incomplete response. */
export const NO_RESPONSE: RequestResult = { failed: true, timed: false };

/** No response in time; it took at least as long as the gateway waited. */
export const TIMED_OUT: RequestResult = { failed: true, timed: true };

/** The caller disconnected before the response: not an error of the service. */
export const CALLER_GONE: RequestResult = { failed: false, timed: false };

/** The result of a request with a complete response of this status. */
export function resultOf(status: number): RequestResult {
  return { failed: isFailedStatus(status), timed: isTimedStatus(status) };
}
