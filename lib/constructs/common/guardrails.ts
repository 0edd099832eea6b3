import { formatDuration } from "../../core/format";
import type { Diagnostics } from "../../core/findings/diagnostics";
import { cpuMillis } from "../../core/values/quantity";
import { LARGEST_ERROR_OBJECTIVE } from "../../monitoring/burn-rate";
import type { Objectives } from "../../monitoring/objectives";
import type { GatewayMetrics } from "../../routing/metrics";
import { checkRuntime, type ConfiguredRuntime, type ParsedRuntime } from "../../runtimes/registry";
import type { Runtime } from "../../runtimes/runtime";
import { checkMetrics, type Measured } from "./metrics-guardrails";
import type { Serving } from "./schema";

const FIXED_LABELS = /^(slipway\.dev\/.*|app\.kubernetes\.io\/(name|instance|version|component|managed-by))$/;

/** The props that the guardrails of every construct check. */
export interface Guarded extends Measured {
  readonly runtime: ParsedRuntime | undefined;
  readonly serving: Serving;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Guardrails that every construct with tracks shares.
 * @param gateway what the gateway in front of the tracks measures, if that is known
 */
export function checkCommon(
  props: Guarded,
  { runtime }: ConfiguredRuntime,
  diagnostics: Diagnostics,
  gateway?: GatewayMetrics,
): void {
  checkRuntime(props.runtime, diagnostics);
  checkObjectives(props.objectives, runtime, diagnostics);
  checkMetrics(props, runtime, gateway, diagnostics);
  checkResources(props.serving, diagnostics);
  checkLabels(props.labels, diagnostics);
  checkVariables(props.serving, runtime, diagnostics);
}

function checkObjectives(
  objectives: Guarded["objectives"],
  { metrics }: Runtime<unknown>,
  diagnostics: Diagnostics,
): void {
  const example = '`objectives: { latencyP95: "100ms", errorRate: 0.001 }`';
  if (objectives === undefined) {
    diagnostics.error("SLW202", "objectives", { message: "there are no objectives.", fix: `Set ${example}.` });
    return;
  }
  const { latencyP95, errorRate } = objectives;
  if (latencyP95 === undefined && errorRate === undefined) {
    diagnostics.error("SLW201", "objectives", {
      message: "it is empty, so no gate could ever stop a bad version.",
      fix: `Set ${example}.`,
    });
  }
  const longest = metrics.latency?.longestSeconds ?? Infinity;
  if (latencyP95 !== undefined && latencyP95 >= longest) {
    diagnostics.error("SLW108", "objectives.latencyP95", {
      message: `${formatDuration(latencyP95)} is not below the largest bucket of the server's latency histogram.`,
      allowed: `under ${formatDuration(longest)}`,
      fix: "Lower the objective.",
    });
  }
  if (errorRate !== undefined && errorRate >= LARGEST_ERROR_OBJECTIVE) {
    diagnostics.error("SLW108", "objectives.errorRate", {
      message: `with ${errorRate}, the fast burn-rate alert could not fire even if every request failed.`,
      allowed: `under ${LARGEST_ERROR_OBJECTIVE.toFixed(3)}`,
      fix: "Lower the objective, for example to 0.001.",
    });
  }
}

/** The objectives in base units. */
export function objectivesInBaseUnits(objectives: Guarded["objectives"]): Objectives {
  return { latencyP95Seconds: objectives?.latencyP95, errorRate: objectives?.errorRate };
}

function checkResources({ cpu, cpuLimit }: Serving, diagnostics: Diagnostics): void {
  if (cpuLimit === undefined || cpuMillis(cpu) <= cpuMillis(cpuLimit)) return;
  diagnostics.error("SLW111", "serving.cpuLimit", {
    message: `"${cpuLimit}" is less than the CPU request of each replica, "${cpu}".`,
    fix: "Raise cpuLimit, or leave it out.",
  });
}

function checkLabels(labels: Readonly<Record<string, string>>, diagnostics: Diagnostics): void {
  for (const key of Object.keys(labels).filter((each) => FIXED_LABELS.test(each))) {
    diagnostics.error("SLW021", `labels[${JSON.stringify(key)}]`, {
      message: "this label is set from the other props.",
      fix: "Choose another label name.",
    });
  }
}

function checkVariables({ env }: Serving, { reservedVariables }: Runtime<unknown>, diagnostics: Diagnostics): void {
  for (const name of Object.keys(env).filter((each) => reservedVariables.includes(each))) {
    diagnostics.error("SLW021", `serving.env.${name}`, {
      message: "this variable is set from the other props, or by the image.",
      fix: "Leave it out.",
    });
  }
}
