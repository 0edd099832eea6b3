import { Environment } from "../../core/environment";
import type { FindingCode } from "../../core/findings/catalogue";
import type { FindingDetails, Diagnostics } from "../../core/findings/diagnostics";
import { isDeferred, type DeferredString } from "../../core/deferred";
import type { ConfiguredRuntime } from "../../runtimes/registry";
import type { Autoscaling, ModelVersion, Serving } from "./schema";
import { EvidenceKind } from "./props";

/** The props that the guardrails of production check. */
export interface InProduction {
  readonly environment: Environment;
  readonly autoscaling: Autoscaling;
  readonly serving: Serving;
}

/** A model version and the path of its props. */
export interface NamedModel {
  readonly path: string;
  readonly model: ModelVersion;
}

/** Reports a violation as an error or a warning. */
type Reporter = (code: FindingCode, path: string, details: FindingDetails) => void;

/**
 * What production requires: violations are errors there, warnings in staging, so that they show up before production, and
 * nothing in development.
 *
 * @param served all versions
 * @param candidates those among them that need evidence
 */
export function checkProduction(
  props: InProduction,
  { runtime }: ConfiguredRuntime,
  served: readonly NamedModel[],
  candidates: readonly NamedModel[],
  diagnostics: Diagnostics,
): void {
  for (const named of served) checkPresentEvidence(named, diagnostics);
  if (props.environment === Environment.Development) return;
  const report: Reporter = (...finding) =>
    props.environment === Environment.Production ? diagnostics.error(...finding) : diagnostics.warning(...finding);
  checkReplicas(props.autoscaling, report);
  checkImage(props.serving.image ?? runtime.image, report);
  for (const named of served) checkPinned(named, report);
  for (const named of candidates) checkAllEvidence(named, report);
}

function checkReplicas({ minReplicas }: Autoscaling, report: Reporter): void {
  if (minReplicas >= 2) return;
  report("SLW208", "autoscaling.minReplicas", {
    message: `${minReplicas} replica is too few for production.`,
    allowed: "2 or more",
    fix: "Set minReplicas to 2 or more.",
  });
}

function checkImage(image: DeferredString, report: Reporter): void {
  if (isDeferred(image) || /@sha256:[0-9a-f]{64}$/.test(image)) return;
  report("SLW207", "serving.image", {
    message: `"${image}" is not pinned by a digest.`,
    allowed: "an image reference that ends in @sha256:<64 hexadecimal digits>",
    fix: "Pin the image that you built, such as registry.example.com/slipway-serving@sha256:….",
  });
}

function checkPinned({ path, model }: NamedModel, report: Reporter): void {
  if (model.sha256 !== undefined) return;
  report("SLW206", `${path}.sha256`, {
    message: `the file of version ${model.version} is not pinned.`,
    fix: "Use the sha256 in the evidence of its rehearsal, or the output of `sha256sum model.onnx`.",
  });
}

function checkAllEvidence({ path, model }: NamedModel, report: Reporter): void {
  const { evidence } = model;
  if (evidence === undefined) {
    report("SLW204", `${path}.evidence`, {
      message: `there is no evidence for version ${model.version}.`,
      fix: "Run `slipway rehearse` on the props file and use the evidence that it writes.",
    });
    return;
  }
  for (const kind of Object.values(EvidenceKind)) {
    if (evidence.checks.some((check) => check.kind === kind)) continue;
    report("SLW204", `${path}.evidence.checks`, {
      message: `there is no check "${kind}".`,
      fix: "Rehearse this version again.",
    });
  }
}

/** Evidence must be of this artifact and must have passed, in every environment. */
function checkPresentEvidence({ path, model }: NamedModel, diagnostics: Diagnostics): void {
  const { evidence, version, sha256 } = model;
  if (evidence === undefined) return;
  const at = `${path}.evidence`;
  const fix = "Rehearse this version and use the evidence of that run.";
  if (evidence.version !== version) {
    diagnostics.error("SLW205", `${at}.version`, {
      message: `it was made for ${evidence.version}, not for ${version}.`,
      fix,
    });
  }
  if (sha256 !== undefined && evidence.sha256 !== sha256) {
    diagnostics.error("SLW205", `${at}.sha256`, {
      message: `it was made for ${evidence.sha256}, not for ${sha256}.`,
      fix,
    });
  }
  for (const kind of Object.values(EvidenceKind)) {
    const last = evidence.checks.findLast((check) => check.kind === kind);
    if (last === undefined || last.passed) continue;
    diagnostics.error("SLW210", `${at}.checks`, {
      message: `the check "${kind}" did not pass${last.summary ? `: ${last.summary.replace(/\.$/, "")}` : ""}.`,
      fix: "Correct the model, release it as a new version, and rehearse that version.",
    });
  }
}
