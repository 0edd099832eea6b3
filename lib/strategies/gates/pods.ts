import { formatCount } from "../../core/format";
import type { PodCounts } from "../observation";

/** Errors below which their spread over pods says nothing. */
const MIN_ERRORS = 3;

/** How far the share of a pod's errors is above the share of its requests if it stands out. */
const MIN_EXCESS = 0.25;

/**
 * Names the pod that most of a candidate's errors came from, such as "11 of 12 errors from 1 of 2 pods
 * (recommender-2-3-0-x7k2p)". Undefined if none stands out: a pod that served nearly all requests has nearly all errors,
 * whether it is healthy or not.
 */
export function describeErrorsByPod(pods: Readonly<Record<string, PodCounts>> | undefined): string | undefined {
  const served = Object.entries(pods ?? {}).filter(([, { requests }]) => requests > 0);
  const [first, ...others] = served;
  if (first === undefined || others.length === 0) return undefined;
  const [name, worst] = others.reduce((most, each) => (each[1].errors > most[1].errors ? each : most), first);
  const requests = served.reduce((sum, [, pod]) => sum + pod.requests, 0);
  const errors = served.reduce((sum, [, pod]) => sum + pod.errors, 0);
  if (errors < MIN_ERRORS || worst.errors * 2 <= errors) return undefined;
  if (worst.errors / errors - worst.requests / requests < MIN_EXCESS) return undefined;
  return `${formatCount(worst.errors)} of ${formatCount(errors)} errors from 1 of ${served.length} pods (${name})`;
}
