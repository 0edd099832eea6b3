import type { Verdict } from "../gate";

/** What one gate has seen so far: what a report draws, and what the log says. */
export interface GateEvidence {
  /** The gate's id. */
  readonly gate: string;
  readonly verdict: Verdict;
  /** Natural logarithm of the evidence of harm (an e-value): 0 or less is none. */
  readonly logEvidence: number;
  /** At this much evidence the gate fails. Every look is allowed: the limit already pays for all of them. */
  readonly logLimit: number;
  /** The estimate of the track on trial in this stage, in the gate's unit: a share, seconds, or the metric's own. Missing without data. */
  readonly track?: number;
  /** The baseline's estimate, or the objective. Missing without data. */
  readonly baseline?: number;
  /** Samples of the track on trial in this stage. */
  readonly samples: number;
  /** One plain phrase with the figures. */
  readonly summary: string;
}
