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
