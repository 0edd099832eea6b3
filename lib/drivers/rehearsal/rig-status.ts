import type { MetricSums } from "../../strategies/observation";
import { gateWords } from "./gate-words";
import type { GateStatus, RehearsalStatus, TrackStatus } from "./progress/progress";
import type { Moment } from "./report/series";
import type { Rig } from "./rig";

type Side = "stable" | "canary";

/** How a rehearsal stands, for whoever watches. */
export function statusOf(name: string, rig: Rig): RehearsalStatus {
  const { run, clock, traffic, policy } = rig;
  return {
    name,
    stage: run.stage + 1,
    stages: policy.stages.length,
    rolloutSeconds: clock.now(),
    wallSeconds: clock.wallSeconds(),
    stable: trackStatus(rig, "stable", 100 - run.weight),
    canary: trackStatus(rig, "canary", run.weight),
    gates: gateStatus(rig),
    lost: traffic.ledger.lost,
  };
}

/** How a rehearsal stands, for the pictures. */
export function momentOf(rig: Rig): Moment {
  const [stable, canary] = [metricMeans(rig, "stable"), metricMeans(rig, "canary")];
  const names = new Set([...Object.keys(stable), ...Object.keys(canary)]);
  return {
    at: rig.clock.now(),
    weight: rig.run.weight,
    stable: windowOf(rig, "stable"),
    canary: windowOf(rig, "canary"),
    gates: rig.run.gates,
    metrics: Object.fromEntries([...names].map((name) => [name, { stable: stable[name], canary: canary[name] }])),
  };
}

/** The mean of the values; `undefined` of none. */
export function mean({ count, sum }: MetricSums): number | undefined {
  return count === 0 ? undefined : sum / count;
}

function gateStatus({ run, policy, servers }: Rig): GateStatus[] {
  return run.gates.flatMap((evidence) => {
    const gate = policy.gates.find(({ id }) => id === evidence.gate);
    return gate ? [{ words: gateWords(gate, servers.stable.track.version), evidence }] : [];
  });
}

function trackStatus(rig: Rig, side: Side, weight: number): TrackStatus {
  const { version } = rig.servers[side].track;
  return { version, weight, window: windowOf(rig, side), metrics: metricMeans(rig, side) };
}

function windowOf({ router, policy }: Rig, side: Side) {
  return router.counts[policy[side]]?.window() ?? { requestsPerSecond: 0 };
}

function metricMeans({ run, policy }: Rig, side: Side): Record<string, number> {
  const metrics = run.observation?.tracks[policy[side]]?.metrics ?? {};
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, sums]) => {
      const value = mean(sums);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
