import type { Verdict } from "../gate";

/** The state of one gate: what a report shows, and what the log says. */
export interface GateEvidence {
  /** The gate's id. */
  readonly gate: string;
  readonly verdict: Verdict;
  /** Natural logarithm of the evidence of a regression (an e-value): 0 or less means none. */
  readonly logEvidence: number;
  /** The evidence at which the gate fails. It holds for any number of evaluations. */
  readonly logLimit: number;
  /** The candidate's estimate in this stage, in the gate's unit: a share, seconds, or the metric's own. Missing without data. */
  readonly track?: number;
  /** The baseline's estimate, or the objective. Missing without data. */
  readonly baseline?: number;
  /** Samples of the candidate in this stage. */
  readonly samples: number;
  /** One plain phrase with the figures. */
  readonly summary: string;
}

/** The failed gate whose evidence exceeds its limit by the most; undefined if none failed. */
export function worstFailure(evidence: readonly GateEvidence[]): GateEvidence | undefined {
  const excess = ({ logEvidence, logLimit }: GateEvidence): number => logEvidence - logLimit;
  return evidence.filter(({ verdict }) => verdict === "fail").sort((a, b) => excess(b) - excess(a))[0];
}
