const { max, min } = Math;

/**
 * Loss summed over samples, up to the second moment. A sample's loss lies between 0 (as good as possible) and 1 (as bad as
 * possible): a failed request counts 1, a successful one 0; a value of a metric counts its distance from the best possible
 * value, as a share of the range.
 */
export interface LossMoments {
  readonly samples: number;
  readonly loss: number;
  /** Sum of the squares; equals `loss` where every sample is 0 or 1. */
  readonly squares: number;
}

export const NO_LOSS: LossMoments = { samples: 0, loss: 0, squares: 0 };

/** The moments of samples of which some are lost (1) and the others are not (0). */
export function binaryLoss(samples: number, lost: number): LossMoments {
  const loss = min(max(lost, 0), samples);
  return { samples, loss, squares: loss };
}

/** What was added after an earlier time; never negative. */
export function momentsSince(earlier: LossMoments, now: LossMoments): LossMoments {
  return {
    samples: max(0, now.samples - earlier.samples),
    loss: max(0, now.loss - earlier.loss),
    squares: max(0, now.squares - earlier.squares),
  };
}

/** Mean loss per sample; 0 without samples. */
export function meanLoss({ samples, loss }: LossMoments): number {
  return samples > 0 ? loss / samples : 0;
}
