import contract from "../../serving-image/contract.json";

/** What the bundled image and the constructs agree on: ports, paths, environment, metric names. */
export const CONTRACT = contract;

/** Bounds of the latency histogram in seconds: the contract's, and the objective itself, so that it is judged exactly. */
export function latencyBounds(objectiveSeconds: number | undefined): number[] {
  const bounds = new Set(contract.buckets.durationSeconds);
  if (objectiveSeconds !== undefined) bounds.add(objectiveSeconds);
  return [...bounds].sort((a, b) => a - b);
}

/** No latency above this can be told from another: the largest finite bound of the histogram. */
export const LONGEST_LATENCY = Math.max(...contract.buckets.durationSeconds);

/**
 * Statuses that count as failed requests, as a PromQL pattern: the server's own failures, and a model that could not
 * compute a well-formed request. A caller's other 4xx are no failures of the service.
 */
export const FAILED_CODES = `5..|${contract.codes.modelFailure}`;

/** Whether an answer with this status is a failed request. */
export function isFailedStatus(status: number): boolean {
  return status >= 500 || status === contract.codes.modelFailure;
}
