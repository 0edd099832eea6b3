import { formatCount, formatLatency, formatShare } from "../../../core/format";
import { EvidenceKind, type EvidenceCheckProps, type EvidenceProps } from "../../../constructs/common/props";
import { formatOutcome, isSuccess, type RehearsalReport, type SwitchReport, type TrackReport } from "./report";

/**
 * What the rehearsal checked on the artifact of a candidate, in the form that the guardrails read. A version that was not
 * promoted fails the endpoint test, however fast it answered. With injected faults, the endpoint was not tested.
 */
export function buildEvidence(report: RehearsalReport, track: TrackReport): EvidenceProps {
  const { sha256, version } = track;
  const isCorrupted = report.settings.faults.some(({ wrong }) => wrong !== undefined);
  const parts = [isCorrupted ? undefined : validated(track), endpointTested(report, track), rollbackTested(report)];
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
  const isServing = isSuccess(outcome) && weight + mirror > 0;
  const rate = formatShare(requests === 0 ? undefined : errors / requests);
  const figures = `${formatCount(requests)} requests, p95 ${formatLatency(latency?.p95)}, errors ${rate}`;
  return {
    kind: EvidenceKind.EndpointTested,
    passed: isServing && lost === 0,
    summary: isServing ? `${figures}; ${formatOutcome(outcome)}` : `${figures}; not promoted: ${reason}`,
  };
}

function rollbackTested({ rollback, drill }: RehearsalReport): Check | undefined {
  const trafficSwitch: SwitchReport | undefined = rollback ?? drill;
  if (trafficSwitch === undefined) return undefined;
  const { appliedMs, strays, lost } = trafficSwitch;
  return {
    kind: EvidenceKind.RollbackTested,
    passed: strays === 0 && lost === 0,
    summary: `traffic moved back in ${formatLatency(appliedMs / 1000)}, ${strays} requests misrouted, ${lost} lost`,
  };
}
