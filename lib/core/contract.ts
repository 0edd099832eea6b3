import contract from "../../serving-image/contract.json";

/** What the bundled image and the constructs agree on: ports, paths, environment, metric names. */
export const CONTRACT = contract;

/** Into how many buckets users are divided, and in how many groups the server counts them. */
export const { buckets: USER_BUCKETS, groups: USER_BUCKET_GROUPS } = contract.users;

/** Headers that tell the server where a user's bucket is. */
export const { bucketSource: BUCKET_SOURCE_HEADER, newUser: NEW_USER_HEADER } = contract.headers;

/** Buckets of the latency histogram, in seconds: those of the contract, and the objective, so that it is evaluated exactly. */
export function latencyBounds(objectiveSeconds: number | undefined): number[] {
  const bounds = new Set(contract.buckets.durationSeconds);
  if (objectiveSeconds !== undefined) bounds.add(objectiveSeconds);
  return [...bounds].sort((a, b) => a - b);
}

/** The largest finite bucket of the histogram: higher latencies cannot be distinguished. */
export const LONGEST_LATENCY = Math.max(...contract.buckets.durationSeconds);

const { modelFailure, overloaded, timedOut } = contract.codes;

/**
 * Statuses that count as failed requests, as a PromQL pattern: failures of the server, requests that it refused because it
 * was overloaded, and failures of a model on a well-formed request. Other 4xx statuses are errors of the client.
 */
export const FAILED_CODES = `5..|${modelFailure}|${overloaded}`;

/** Whether a response with this status is a failed request. */
export function isFailedStatus(status: number): boolean {
  return status >= 500 || status === modelFailure || status === overloaded;
}

/**
 * Whether the time until a response with this status says how fast the service is. A refusal is fast, and would make an
 * overloaded version look fast; a request that timed out took at least as long as it waited.
 */
export function isTimedStatus(status: number): boolean {
  return status < 400 || status === timedOut;
}
