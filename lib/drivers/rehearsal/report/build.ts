import { percentiles } from "../call-ledger";
import { gateWords } from "../gate-words";
import { objectivesOf } from "../objectives";
import type { RehearsalOrder, Rig } from "../rig";
import { mean } from "../rig-status";
import type { Outcome, RehearsalReport, SwitchReport, VersionReport } from "./report";
import type { Series } from "./series";

/** The times at which traffic left the canary for good, or for a drill. */
export interface Switches {
  readonly rollback?: SwitchReport | undefined;
  readonly drill?: SwitchReport | undefined;
}

/** Puts together what a rehearsal found out, once it is over. */
export function buildReport(order: RehearsalOrder, rig: Rig, series: Series, switches: Switches): RehearsalReport {
  const { run, clock, traffic, router, policy } = rig;
  const { rate, speed, seed, labelDelay, labelMetric, faults } = order.settings;
  const { ledger, load, labels } = traffic;
  const objectives = objectivesOf(policy);
  const [stable, canary] = [versionReport(rig, "stable"), versionReport(rig, "canary")];
  const limit = objectives.latencySeconds ?? Infinity;
  const rolloutSeconds = run.events.at(-1)?.at ?? clock.now();
  return {
    name: order.plan.name,
    at: new Date().toISOString(),
    outcome: run.outcome as Outcome,
    reason: run.events.at(-1)?.message ?? "",
    settings: { rate, speed, seed, labelDelay, labelMetric, faults },
    objectives,
    wallSeconds: clock.wallSeconds(),
    rolloutSeconds,
    stable,
    canary,
    stages: run.stages.ended(rolloutSeconds, router.counts[policy.canary]?.routed ?? 0),
    requests: { sent: load.sent, answered: ledger.answered, faulted: ledger.faulted, lost: ledger.lost },
    labels: { sent: labels.sent, failed: labels.failed },
    slowCanaryAnswers: ledger.of(canary.version).seconds.filter((seconds) => seconds > limit).length,
    ...(run.detection && { detection: run.detection }),
    ...(switches.rollback && { rollback: switches.rollback }),
    ...(switches.drill && { drill: switches.drill }),
    events: run.events,
    gates: run.gates,
    gateWords: Object.fromEntries(policy.gates.map((gate) => [gate.id, gateWords(gate, stable.version)])),
    untimed: untimed(rig),
    notes: rig.notes,
    series,
  };
}

function untimed({ router }: Rig): number {
  return Object.values(router.counts).reduce((sum, counts) => sum + counts.untimed, 0);
}

function versionReport(
  { run, router, traffic, policy, servers, sha256 }: Rig,
  side: "stable" | "canary",
): VersionReport {
  const { name, version } = servers[side].track;
  const counts = router.counts[policy[side]];
  const calls = traffic.ledger.of(version);
  const latency = percentiles(calls);
  const metrics = Object.entries(run.observation?.tracks[name]?.metrics ?? {});
  return {
    version,
    track: name,
    sha256: sha256[side],
    requests: counts?.requests ?? 0,
    errors: counts?.errors ?? 0,
    retries: counts?.retries ?? 0,
    ...(latency && { latency }),
    compared: calls.compared,
    mismatched: calls.mismatched,
    labelled: calls.labelled,
    wrong: calls.wrong,
    metrics: Object.fromEntries(
      metrics.map(([metric, sums]) => [metric, { mean: mean(sums) ?? 0, count: sums.count }]),
    ),
  };
}
