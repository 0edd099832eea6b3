import { formatDuration } from "../../core/format";
import { CONTRACT, LONGEST_LATENCY } from "../../core/contract";
import type { Diagnostics } from "../../core/findings/diagnostics";
import { cpuMillis } from "../../core/values/quantity";
import { LARGEST_ERROR_OBJECTIVE } from "../../monitoring/burn-rate";
import type { Objectives } from "../../monitoring/objectives";
import type { Serving } from "./schema";

const FIXED_LABELS = /^(slipway\.dev\/.*|app\.kubernetes\.io\/(name|instance|version|component|managed-by))$/;

/** The props that the guardrails of every construct look at. */
export interface Guarded {
  readonly objectives: { readonly latencyP95: number | undefined; readonly errorRate: number | undefined } | undefined;
  readonly serving: Serving;
  readonly labels: Readonly<Record<string, string>>;
}

/** Guardrails that every construct around tracks shares. */
export function checkCommon(props: Guarded, diagnostics: Diagnostics): void {
  checkObjectives(props.objectives, diagnostics);
  checkResources(props.serving, diagnostics);
  checkLabels(props.labels, diagnostics);
  checkVariables(props.serving, diagnostics);
}

function checkObjectives(objectives: Guarded["objectives"], diagnostics: Diagnostics): void {
  const example = '`objectives: { latencyP95: "100ms", errorRate: 0.001 }`';
  if (objectives === undefined) {
    diagnostics.error("SLW202", "objectives", { message: "there are no objectives.", fix: `Give ${example}.` });
    return;
  }
  const { latencyP95, errorRate } = objectives;
  if (latencyP95 === undefined && errorRate === undefined) {
    diagnostics.error("SLW201", "objectives", {
      message: "it is empty, so no gate could ever stop a bad version.",
      fix: `Give ${example}.`,
    });
  }
  if (latencyP95 !== undefined && latencyP95 >= LONGEST_LATENCY) {
    diagnostics.error("SLW108", "objectives.latencyP95", {
      message: `${formatDuration(latencyP95)} is not under the longest latency that the server's histogram tells apart.`,
      allowed: `under ${formatDuration(LONGEST_LATENCY)}`,
      fix: "Promise a shorter latency.",
    });
  }
  if (errorRate !== undefined && errorRate >= LARGEST_ERROR_OBJECTIVE) {
    diagnostics.error("SLW108", "objectives.errorRate", {
      message: `with ${errorRate}, the fast burn-rate alert would need more than every request to fail.`,
      allowed: `under ${LARGEST_ERROR_OBJECTIVE.toFixed(3)}`,
      fix: "Promise fewer errors, such as 0.001.",
    });
  }
}

/** The objectives in base units, once they are there. */
export function objectivesInBaseUnits(objectives: Guarded["objectives"]): Objectives {
  return { latencyP95Seconds: objectives?.latencyP95, errorRate: objectives?.errorRate };
}

function checkResources({ cpu, cpuLimit }: Serving, diagnostics: Diagnostics): void {
  if (cpuLimit === undefined || cpuMillis(cpu) <= cpuMillis(cpuLimit)) return;
  diagnostics.error("SLW111", "serving.cpuLimit", {
    message: `"${cpuLimit}" is less than the CPU that each replica requests, "${cpu}".`,
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

/** The contract's own variables are the plan's to set; how much the server logs is the user's. */
const FIXED_VARIABLES = Object.values(CONTRACT.env).filter((name) => name !== CONTRACT.env.logLevel);

function checkVariables({ env }: Serving, diagnostics: Diagnostics): void {
  for (const name of Object.keys(env).filter((each) => FIXED_VARIABLES.includes(each))) {
    diagnostics.error("SLW021", `serving.env.${name}`, {
      message: "this variable is set from the other props, or by the image.",
      fix: "Leave it out.",
    });
  }
}
