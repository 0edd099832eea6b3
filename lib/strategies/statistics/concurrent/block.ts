import type { Pair } from "../../pair";
import { momentsSince, NO_LOSS, type LossMoments } from "../loss-moments";

/** The losses of both tracks in the same time. */
export type Block = Pair<LossMoments>;

export const NO_BLOCK: Block = { candidate: NO_LOSS, baseline: NO_LOSS };

/** What was added after an earlier time; never negative. */
export function blockSince(earlier: Block, now: Block): Block {
  return {
    candidate: momentsSince(earlier.candidate, now.candidate),
    baseline: momentsSince(earlier.baseline, now.baseline),
  };
}

/** Samples that the baseline needs, as a share of the candidate's, to be compared with it. */
const MIN_CONCURRENT_SHARE = 0.01;

/** Whether the baseline has enough samples of the same time. */
export function isConcurrent(samples: number, baselineSamples: number): boolean {
  return baselineSamples > 0 && baselineSamples >= MIN_CONCURRENT_SHARE * samples;
}
