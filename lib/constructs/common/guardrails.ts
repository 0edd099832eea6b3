import { CONTRACT, LONGEST_LATENCY } from "../../core/contract";
import { Environment } from "../../core/environment";
import type { Report } from "../../core/findings/report";
import { isLate } from "../../core/late";
import { cpuMillis } from "../../core/values/quantity";
import { formatDuration } from "../../core/values/duration";
import { LARGEST_ERROR_OBJECTIVE } from "../../monitoring/burn-rate";
import type { Objectives } from "../../monitoring/objectives";
import type { Autoscaling, ModelVersion, Serving } from "./checks";
import { EvidenceKind } from "./props";

const FIXED_LABELS = /^app\.kubernetes\.io\/(name|instance|version|component|managed-by)$/;

/** The props that the guardrails of every construct look at. */
export interface Guarded {
  readonly environment: Environment;
  readonly objectives: { readonly latencyP95: number | undefined; readonly errorRate: number | undefined } | undefined;
  readonly autoscaling: Autoscaling;
  readonly serving: Serving;
  readonly labels: Readonly<Record<string, string>>;
}

/** Guardrails that every construct around tracks shares. */
export function checkCommon(props: Guarded, report: Report): void {
  checkObjectives(props.objectives, report);
  checkResources(props.serving, report);
  checkLabels(props.labels, report);
  checkVariables(props.serving, report);
  if (props.environment === Environment.Production) checkProduction(props, report);
}

function checkObjectives(objectives: Guarded["objectives"], report: Report): void {
  const example = '`objectives: { latencyP95: "100ms", errorRate: 0.001 }`';
  if (objectives === undefined) {
    report.error("SLW202", "objectives", { message: "there are no objectives.", fix: `Give ${example}.` });
    return;
  }
  const { latencyP95, errorRate } = objectives;
  if (latencyP95 === undefined && errorRate === undefined) {
    report.error("SLW201", "objectives", {
      message: "it is empty, so no gate could ever stop a bad version.",
      fix: `Give ${example}.`,
    });
  }
  if (latencyP95 !== undefined && latencyP95 >= LONGEST_LATENCY) {
    report.error("SLW108", "objectives.latencyP95", {
      message: `${formatDuration(latencyP95)} is not under the longest latency that the server's histogram tells apart.`,
      allowed: `under ${formatDuration(LONGEST_LATENCY)}`,
      fix: "Promise a shorter latency.",
    });
  }
  if (errorRate !== undefined && errorRate >= LARGEST_ERROR_OBJECTIVE) {
    report.error("SLW108", "objectives.errorRate", {
      message: `with ${errorRate}, the fast burn-rate alert would need more than every request to fail.`,
      allowed: `under ${LARGEST_ERROR_OBJECTIVE.toFixed(3)}`,
      fix: "Promise fewer errors, such as 0.001.",
    });
  }
}

/** The objectives in base units, once they are there. */
export function readObjectives(objectives: Guarded["objectives"]): Objectives {
  return { latencyP95Seconds: objectives?.latencyP95, errorRate: objectives?.errorRate };
}

function checkResources({ cpu, cpuLimit }: Serving, report: Report): void {
  if (cpuLimit === undefined || cpuMillis(cpu) <= cpuMillis(cpuLimit)) return;
  report.error("SLW111", "serving.cpuLimit", {
    message: `"${cpuLimit}" is less than the CPU that each replica requests, "${cpu}".`,
    fix: "Raise cpuLimit, or leave it out.",
  });
}

function checkLabels(labels: Readonly<Record<string, string>>, report: Report): void {
  for (const key of Object.keys(labels).filter((each) => FIXED_LABELS.test(each))) {
    report.error("SLW021", `labels[${JSON.stringify(key)}]`, {
      message: "this label is what the objects select the pods by.",
      fix: "Choose another label name.",
    });
  }
}

/** The contract's own variables are the plan's to set; how much the server logs is the user's. */
const FIXED_VARIABLES = Object.values(CONTRACT.env).filter((name) => name !== CONTRACT.env.logLevel);

function checkVariables({ env }: Serving, report: Report): void {
  for (const name of Object.keys(env).filter((each) => FIXED_VARIABLES.includes(each))) {
    report.error("SLW021", `serving.env.${name}`, {
      message: "this variable is set from the other props, or by the image.",
      fix: "Leave it out.",
    });
  }
}

function checkProduction({ autoscaling, serving }: Guarded, report: Report): void {
  if (autoscaling.minReplicas < 2) {
    report.error("SLW208", "autoscaling.minReplicas", {
      message: `${autoscaling.minReplicas} replica is too few for production.`,
      allowed: "2 or more",
      fix: "Set minReplicas to 2 or more.",
    });
  }
  if (!isLate(serving.image) && !/@sha256:[0-9a-f]{64}$/.test(serving.image)) {
    report.error("SLW207", "serving.image", {
      message: `"${serving.image}" is not pinned by a digest.`,
      allowed: "an image reference that ends in @sha256:<64 hexadecimal digits>",
      fix: "Pin the image that you built, such as registry.example.com/slipway-serving@sha256:….",
    });
  }
}

/** In production a model is pinned by its digest. */
export function checkPinned(model: ModelVersion, path: string, report: Report): void {
  if (model.sha256 !== undefined) return;
  report.error("SLW206", `${path}.sha256`, {
    message: `the file of version ${model.version} is not pinned.`,
    fix: "Give the output of `sha256sum model.onnx`.",
  });
}

/** In production a version on trial needs evidence of every kind, made on exactly this artifact. */
export function checkEvidence(model: ModelVersion, path: string, environment: Environment, report: Report): void {
  const { evidence } = model;
  const at = `${path}.evidence`;
  if (evidence === undefined) {
    if (environment !== Environment.Production) return;
    report.error("SLW204", at, {
      message: `there is no evidence for version ${model.version}.`,
      fix: "Run `slipway rehearse` on the props file and give the evidence that it writes.",
    });
    return;
  }
  checkSameArtifact(model, evidence, at, report);
  checkAllKinds(evidence, at, environment, report);
}

type Evidence = NonNullable<ModelVersion["evidence"]>;

function checkSameArtifact(model: ModelVersion, evidence: Evidence, at: string, report: Report): void {
  const fix = "Rehearse this version and give the evidence of that run.";
  if (evidence.version !== model.version) {
    report.error("SLW205", `${at}.version`, {
      message: `it was made for ${evidence.version}, not for ${model.version}.`,
      fix,
    });
  }
  if (model.sha256 !== undefined && evidence.sha256 !== model.sha256) {
    report.error("SLW205", `${at}.sha256`, {
      message: `it was made for ${evidence.sha256}, not for ${model.sha256}.`,
      fix,
    });
  }
}

function checkAllKinds({ checks }: Evidence, at: string, environment: Environment, report: Report): void {
  for (const kind of Object.values(EvidenceKind)) {
    const last = checks.findLast((check) => check.kind === kind);
    if (last === undefined && environment === Environment.Production) {
      report.error("SLW204", `${at}.checks`, {
        message: `there is no check "${kind}".`,
        fix: "Rehearse this version again.",
      });
    }
    if (last !== undefined && !last.passed) {
      report.error("SLW210", `${at}.checks`, {
        message: `the check "${kind}" did not pass${last.summary ? `: ${last.summary.replace(/\.$/, "")}` : ""}.`,
        fix: "Correct the model, give it a new version and rehearse that.",
      });
    }
  }
}
