import { EvidenceKind, type EvidenceCheckProps, type EvidenceProps } from "../../constructs/common/props";
import { formatCount, formatLatency, formatMilliseconds, formatShare } from "./figures";
import type { RehearsalReport, SwitchReport } from "./report/report";

/**
 * What the rehearsal checked on the canary's artifact, as the guardrails read it. A version that was not promoted has not
 * shown that its endpoint is fit, however fast it answered. With faults put in, the endpoint itself was not on trial.
 */
export function evidenceOf(report: RehearsalReport): EvidenceProps {
  const { sha256, version } = report.canary;
  const parts = [validated(report), endpointTested(report), rollbackTested(report)];
  const checks = parts.flatMap((part) => (part === undefined ? [] : [{ ...part, at: report.at }]));
  return { sha256, version, checks };
}

type Check = Omit<EvidenceCheckProps, "at">;

function validated({ canary: { compared, mismatched } }: RehearsalReport): Check | undefined {
  if (compared === 0) return undefined;
  return {
    kind: EvidenceKind.Validated,
    passed: mismatched === 0,
    summary: `${formatCount(compared)} predictions compared with the recorded ones, ${formatCount(mismatched)} differ`,
  };
}

function endpointTested({ settings, outcome, reason, requests, canary }: RehearsalReport): Check | undefined {
  if (settings.faults.length > 0 || outcome === "paused") return undefined;
  const errors = formatShare(canary.requests === 0 ? undefined : canary.errors / canary.requests);
  const figures = `${formatCount(canary.requests)} requests, p95 ${formatLatency(canary.latency?.p95)}, errors ${errors}`;
  return {
    kind: EvidenceKind.EndpointTested,
    passed: outcome === "promoted" && requests.lost === 0,
    summary: outcome === "promoted" ? `${figures}; every gate passed` : `${figures}; rolled back: ${reason}`,
  };
}

function rollbackTested({ rollback, drill }: RehearsalReport): Check | undefined {
  const moving: SwitchReport | undefined = rollback ?? drill;
  if (moving === undefined) return undefined;
  const { appliedMs, strays, lost } = moving;
  return {
    kind: EvidenceKind.RollbackTested,
    passed: strays === 0 && lost === 0,
    summary: `traffic moved back in ${formatMilliseconds(appliedMs)}, ${strays} requests went astray, ${lost} lost`,
  };
}
