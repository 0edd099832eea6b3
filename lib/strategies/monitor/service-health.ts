import type { Gate } from "../gate";
import { requestObjective, type RequestObjective } from "../gates/request-objective";
import type { Pair } from "../pair";
import { isConcurrent } from "../statistics/concurrent/block";
import { excessOverLimit } from "../statistics/excess";
import { meanLoss, type LossMoments } from "../statistics/loss-moments";
import { NO_TOTALS, since, type Totals } from "../tally";

/** The totals of both tracks at a time. */
interface Snapshot extends Pair<Totals> {
  readonly at: number;
}

/** A time in which both versions miss an objective: the candidate is not the cause, and nothing can be judged. */
export interface Incident {
  /** The totals before it began. */
  readonly from: Snapshot;
  /** When it was noticed. */
  readonly since: number;
  /** Id of the objective's gate. */
  readonly gate: string;
}

/** Whether the service as a whole, and not only the candidate, meets its objectives, by the totals of the last minutes. */
export interface ServiceHealth {
  readonly older: Snapshot;
  readonly newer: Snapshot;
  readonly incident?: Incident;
}

/** Seconds between two snapshots. */
const WINDOW_SECONDS = 60;

/** Standard errors over an objective from which the service is unwell, and within which it is well again. */
const UNWELL_Z = 3;
const WELL_Z = 1;

const NO_SNAPSHOT: Snapshot = { at: 0, candidate: NO_TOTALS, baseline: NO_TOTALS };
export const NEW_HEALTH: ServiceHealth = { older: NO_SNAPSHOT, newer: NO_SNAPSHOT };

export const healthFrom = (now: Snapshot): ServiceHealth => ({ older: now, newer: now });

/** The health after an observation, and the incident that has ended, if any has. */
interface HealthUpdate {
  readonly health: ServiceHealth;
  readonly ended?: EndedIncident;
}

/** An incident that has ended, with the totals when the service was well again. */
export interface EndedIncident {
  readonly incident: Incident;
  readonly until: Snapshot;
}

export function updateHealth(gates: readonly Gate[], health: ServiceHealth, now: Snapshot): HealthUpdate {
  const { older, newer, incident } = health;
  const isFull = now.at - newer.at >= WINDOW_SECONDS;
  if (incident === undefined) {
    const gate = firstMissed(gates, older, now, UNWELL_Z);
    if (gate !== undefined) return { health: { older, newer: now, incident: { from: older, since: now.at, gate } } };
    return { health: isFull ? { older: newer, newer: now } : health };
  }
  if (!isFull) return { health };
  const next = { older: newer, newer: now };
  if (firstMissed(gates, newer, now, WELL_Z) !== undefined) return { health: { ...next, incident } };
  return { health: next, ended: { incident, until: newer } };
}

/** Id of the first gate whose objective the service misses between two snapshots. */
function firstMissed(gates: readonly Gate[], from: Snapshot, to: Snapshot, z: number): string | undefined {
  const candidate = since(from.candidate, to.candidate);
  const baseline = since(from.baseline, to.baseline);
  return gates.find((gate) => {
    const objective = requestObjective(gate);
    return objective !== undefined && isMissed(objective, objective.loss(candidate), objective.loss(baseline), z);
  })?.id;
}

/** Whether both tracks miss an objective. Without a concurrent baseline the candidate is judged alone. */
function isMissed({ limit }: RequestObjective, candidate: LossMoments, baseline: LossMoments, z: number): boolean {
  const isCandidateOver = candidate.samples <= 0 || meanLoss(candidate) > limit;
  return isConcurrent(candidate.samples, baseline.samples) && isCandidateOver && excessOverLimit(baseline, limit) > z;
}
