import type { Block } from "../statistics/concurrent/block";
import { meanLoss } from "../statistics/loss-moments";

/** How many times as frequent losses, or as rare successes, must be. */
const LARGE_RATIO = 3;

/** Whether a candidate is so much worse than the baseline was before that nothing else explains it. */
export function isLargeDifference({ candidate, baseline }: Block): boolean {
  const [loss, before] = [meanLoss(candidate), meanLoss(baseline)];
  return loss >= LARGE_RATIO * before || 1 - loss <= (1 - before) / LARGE_RATIO;
}
