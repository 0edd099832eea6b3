import { formatDuration } from "../../core/format";
import type { HoldLimits } from "../../strategies/hold-time";
import type { MonitorRules } from "../../strategies/monitor/gate-monitor";
import { declaredGates } from "./gates";
import type { RolloutPropsBase } from "./rollout";
import type { Comparison, ParsedHold } from "./rollout-schema";

/**
 * Seconds in which a new replica is not judged by its latency. The bundled server answers an inference of its own before it is
 * ready; what is left, such as its just-in-time compiler, its connections and its caches, takes less than this.
 */
const WARM_UP_SECONDS = 30;

/** The default leaves most of a short stage for its samples. */
const LARGEST_SHARE_OF_STAGE = 0.25;

/** The gates of a rollout and how strict they are. A stage is at least `stageSeconds` long. */
export function monitorRules(props: RolloutPropsBase, stageSeconds: number): MonitorRules {
  const { minimumSamples, falseAlarmRate, warmUp } = props.analysis;
  return {
    gates: declaredGates(props),
    minimumSamples,
    falseAlarmRate,
    scrapeSeconds: props.monitoring.scrapeInterval,
    warmUpSeconds: warmUp ?? Math.min(WARM_UP_SECONDS, stageSeconds * LARGEST_SHARE_OF_STAGE),
  };
}

/** How long a rollout holds its weights before it pauses. */
export function holdLimits({ maxExtensions, incidentTimeout }: ParsedHold): Required<HoldLimits & IncidentLimit> {
  return { maxExtensions, maxUnwellSeconds: incidentTimeout };
}

type IncidentLimit = Pick<MonitorRules, "maxUnwellSeconds">;

/** What a timetable says about incidents that affect both versions. */
export function describeIncidents({ maxUnwellSeconds }: IncidentLimit): string[] {
  if (maxUnwellSeconds === undefined) return [];
  return [
    `While both versions miss an objective, nothing is judged and the weights stay as they are; after ${formatDuration(maxUnwellSeconds)} the rollout pauses until an operator decides.`,
  ];
}

/** What a timetable says about a stage whose time is over and that cannot end yet. */
export function describeExtensions({ maxExtensions = 0 }: HoldLimits, what: string): string {
  return `While data is missing or a gate needs samples, ${what} is extended, up to ${maxExtensions} times; then the rollout pauses until an operator decides.`;
}

/** What a timetable says about the warm-up of replicas, if there is one. */
export function describeWarmUp({ warmUpSeconds = 0 }: MonitorRules): string[] {
  if (warmUpSeconds === 0) return [];
  const time = formatDuration(warmUpSeconds);
  return [
    `Latency does not count in the first ${time} of a stage, and for ${time} after another replica became ready. Errors always count.`,
  ];
}

/** Seconds over which a router raises the share of a new replica: the same for a version in every rollout. */
export function slowStartSeconds({ warmUp }: Pick<Comparison, "warmUp">): number {
  return warmUp ?? WARM_UP_SECONDS;
}
