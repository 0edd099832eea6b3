import { formatCount, formatLatency, formatShare } from "../../../core/format";
import { EvidenceKind, type EvidenceCheckProps, type EvidenceProps } from "../../../constructs/common/props";
import type { RehearsalReport, SwitchReport, TrackReport } from "./report";
import { isGoodEnd, outcomeWords } from "./outcome";

/**
 * What the rehearsal checked on the artifact of a track on trial, as the guardrails read it. A version that did not stay
 * has not shown that its endpoint is fit, however fast it answered. With faults put in, the endpoint was not on trial.
 */
export function evidenceOf(report: RehearsalReport, track: TrackReport): EvidenceProps {
  const { sha256, version } = track;
  const spoilt = report.settings.faults.some(({ wrong }) => wrong !== undefined);
  const parts = [spoilt ? undefined : validated(track), endpointTested(report, track), rollbackTested(report)];
  const checks = parts.flatMap((part) => (part === undefined ? [] : [{ ...part, at: report.at }]));
  return { sha256, version, checks };
}

type Check = Omit<EvidenceCheckProps, "at">;

function validated({ compared, mismatched }: TrackReport): Check | undefined {
  if (compared === 0) return undefined;
  return {
    kind: EvidenceKind.Validated,
    passed: mismatched === 0,
    summary: `${formatCount(compared)} predictions compared with the recorded ones, ${formatCount(mismatched)} differ`,
  };
}

function endpointTested(
  { settings, outcome, reason, requests: { lost } }: RehearsalReport,
  { requests, errors, latency, weight, mirror }: TrackReport,
): Check | undefined {
  if (settings.faults.length > 0 || outcome === "paused") return undefined;
  const stayed = isGoodEnd(outcome) && weight + mirror > 0;
  const rate = formatShare(requests === 0 ? undefined : errors / requests);
  const figures = `${formatCount(requests)} requests, p95 ${formatLatency(latency?.p95)}, errors ${rate}`;
  return {
    kind: EvidenceKind.EndpointTested,
    passed: stayed && lost === 0,
    summary: stayed ? `${figures}; ${outcomeWords(outcome)}` : `${figures}; did not stay: ${reason}`,
  };
}

function rollbackTested({ rollback, drill }: RehearsalReport): Check | undefined {
  const moving: SwitchReport | undefined = rollback ?? drill;
  if (moving === undefined) return undefined;
  const { appliedMs, strays, lost } = moving;
  return {
    kind: EvidenceKind.RollbackTested,
    passed: strays === 0 && lost === 0,
    summary: `traffic moved back in ${formatLatency(appliedMs / 1000)}, ${strays} requests went astray, ${lost} lost`,
  };
}
