import { formatDuration } from "../../core/format";
import type { RolloutEvent } from "../../strategies/decision";
import type { GateEvidence } from "../../strategies/gates/evidence";
import type { RolloutPolicy } from "../../strategies/registry";
import type { Strategy } from "../../strategies/strategy";
import type { RehearsalSettings } from "./settings";

/**
 * The examples take 1.0 to 1.6 times their declared time on a clock 60 times faster than their requests; ten minutes with
 * a gate that never passes end after 200 real seconds.
 */
const DEFAULT_MULTIPLE = 20;

/** A very fast clock must still leave requests this much real time to arrive. */
const MIN_REAL_SECONDS = 120;

/** Real seconds that a strategy gets to pause on its own before the rehearsal ends it. */
const GRACE_REAL_SECONDS = 1;

/** Seconds on the rollout's clock after which the rollout pauses: every stage also waits once for the labels that it needs. */
export function deadlineSeconds(
  strategy: Strategy<RolloutPolicy, unknown>,
  policy: RolloutPolicy,
  { deadline, speed, labelDelay }: RehearsalSettings,
): number {
  const declared = strategy.declaredSeconds(policy);
  const limit =
    deadline === undefined
      ? Math.max(DEFAULT_MULTIPLE * declared, MIN_REAL_SECONDS * speed)
      : Math.max(1, deadline * declared);
  const maturities = strategy.requirements(policy).metrics.map(({ maturitySeconds = 0 }) => maturitySeconds);
  return Math.ceil(limit) + Math.max(labelDelay, ...maturities) * Math.max(1, strategy.stageCount(policy));
}

/**
 * Whether a rollout should have ended by now. Its strategy is expected to pause it at the deadline; this holds for one that
 * does not, so that no rehearsal runs forever.
 */
export function isOverdue({ deadlineSeconds: deadline = Infinity }: RolloutPolicy, at: number, speed: number): boolean {
  return at > deadline + GRACE_REAL_SECONDS * speed;
}

/** The end of an overdue rollout, with the gates that still need samples. */
export function pauseAtDeadline(
  { deadlineSeconds: deadline = 0 }: RolloutPolicy,
  at: number,
  gates: readonly GateEvidence[],
  labels: Readonly<Record<string, string>>,
): RolloutEvent {
  const waiting = gates
    .filter(({ verdict }) => verdict === "needs-more-samples")
    .map(({ gate, summary }) => `${labels[gate] ?? gate}: ${summary}`);
  const missing = waiting.length === 0 ? "no gate needs more samples" : `more samples needed for ${waiting.join("; ")}`;
  return { at, kind: "paused", message: `not decided within its deadline of ${formatDuration(deadline)}: ${missing}` };
}
