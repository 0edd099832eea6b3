import {
  formatCount,
  formatDuration,
  formatElapsed,
  formatLatency,
  formatNumber,
  formatShare,
  formatList,
} from "../../../core/format";
import { formatFault } from "../fault-settings";
import { isSuccess, type RehearsalReport, type SwitchReport, type TrackReport } from "./report";

/** One result of a rehearsal, under a label. */
export interface SummaryLine {
  readonly label: string;
  readonly text: string;
}

/** The results besides the tables, in order of importance. */
export function summaryLines(report: RehearsalReport): SummaryLine[] {
  return [
    ...detection(report),
    ...exposure(report),
    { label: "Requests", text: requests(report) },
    ...leftOut(report),
    ...losses(report),
    ...users(report),
    ...copies(report),
    ...pairs(report),
    { label: "Predictions", text: predictions(report) },
    ...feedback(report),
    ...switches(report),
    ...report.settings.faults.map((fault) => ({ label: "Injected fault", text: formatFault(fault) })),
    { label: "Clock", text: clock(report) },
    ...machine(report),
    ...report.notes.map((text) => ({ label: "Note", text })),
  ];
}

function detection({ detection: found, tracks: [, ...candidates] }: RehearsalReport): SummaryLine[] {
  if (found === undefined) return [];
  const { since, wallSeconds, rolloutSeconds, requests } = found;
  const versions = formatList(candidates.map(({ version }) => version));
  const start = since === "fault" ? "the fault" : `the first request to ${versions}`;
  const text = `${formatElapsed(rolloutSeconds)} after ${start} (${formatElapsed(wallSeconds)} real), ${formatCount(requests)} requests to ${versions}`;
  return [{ label: "Detected", text }];
}

/** Requests exposed to a version that was not promoted. */
function exposure({ outcome, tracks: [, ...candidates], ...report }: RehearsalReport): SummaryLine[] {
  if (isSuccess(outcome)) return [];
  return candidates
    .filter(({ shadow }) => !shadow)
    .map((track) => ({ label: "Exposed", text: formatExposure(track, report) }));
}

function formatExposure(
  { version, requests, errors, slow, wrong }: TrackReport,
  { requests: { sent }, objectives }: Pick<RehearsalReport, "requests" | "objectives">,
): string {
  const share = formatShare(sent === 0 ? 0 : requests / sent);
  const slower = objectives.latencySeconds === undefined ? [] : [`${formatCount(slow)} slower than the objective`];
  const parts = [`${formatCount(errors)} failed`, ...slower, `${formatCount(wrong)} wrong by their labels`];
  return `${formatCount(requests)} requests were served by ${version} (${share} of all): ${parts.join(", ")}`;
}

function requests({ requests: { sent, answered, faulted, lost }, settings }: RehearsalReport): string {
  const byFaults = faulted === 0 ? "" : `, ${formatCount(faulted)} failed by injected faults`;
  return `${formatCount(sent)} sent at ${settings.rate}/s, ${formatCount(answered)} answered${byFaults}, ${formatCount(lost)} lost`;
}

function leftOut({ requests: { leftOut: count } }: RehearsalReport): SummaryLine[] {
  if (count === 0) return [];
  const text = `${formatCount(count)} requests, because three seconds' worth of requests were unanswered: lower the rate, or check the version that does not keep up`;
  return [{ label: "Not sent", text }];
}

function losses({ requests: { losses: found } }: RehearsalReport): SummaryLine[] {
  return Object.entries(found).map(([reason, count]) => ({ label: "Lost", text: `${formatCount(count)}: ${reason}` }));
}

function users({ users: found }: RehearsalReport): SummaryLine[] {
  if (found === undefined) return [];
  const moved =
    found.moved === 0 ? "all stayed on one version" : `${formatCount(found.moved)} got more than one version`;
  return [{ label: "Users", text: `${formatCount(found.count)}, ${moved} while the split was the same` }];
}

function copies({ tracks, copiesDropped }: RehearsalReport): SummaryLine[] {
  const notSent = `${formatCount(copiesDropped)} not sent, because it did not keep up`;
  const dropped = copiesDropped === 0 ? "" : `; ${notSent}`;
  const shadows = tracks.filter(({ shadow }) => shadow);
  if (shadows.length === 0) return copiesDropped === 0 ? [] : [{ label: "Copies", text: notSent }];
  return shadows.map(({ version, requests: sent, errors }) => ({
    label: "Copies",
    text: `${formatCount(sent)} to ${version}, ${formatCount(errors)} failed, none returned to users${dropped}`,
  }));
}

function pairs({ comparison }: RehearsalReport): SummaryLine[] {
  if (comparison === undefined) return [];
  const { agreed, unpaired, latency_ratio: ratio, samples } = comparison;
  // Requests without an id are those of the validation before there was any traffic.
  const alone = Object.entries(unpaired).filter(([reason, count]) => count > 0 && reason !== "no_request_id");
  const parts = [
    `${formatCount(agreed)} of ${formatCount(comparison.pairs)} pairs agree (${formatShare(comparison.agreement ?? undefined)})`,
    ...(ratio === null ? [] : [`the shadow took ${formatNumber(ratio)} times as long on the same requests`]),
    ...alone.map(([reason, count]) => `${formatCount(count)} unpaired (${reason.replaceAll("_", " ")})`),
    ...(samples.length > 0 ? [`${formatCount(samples.length)} differing requests kept in report.json`] : []),
  ];
  return [{ label: "Compared", text: parts.join(", ") }];
}

function predictions({ tracks }: RehearsalReport): string {
  const sum = (field: "compared" | "mismatched") => tracks.reduce((total, track) => total + track[field], 0);
  const [compared, mismatched] = [sum("compared"), sum("mismatched")];
  if (compared === 0) return "none compared: the samples hold no recorded answers of these versions";
  const result = mismatched === 0 ? "all as recorded" : `${formatCount(mismatched)} not as recorded`;
  return `${formatCount(compared)} compared with the recorded ones, before and under traffic: ${result}`;
}

function feedback({ feedback: counts, settings }: RehearsalReport): SummaryLine[] {
  const { sent, accepted, duplicate, refused, failed, noise } = counts;
  if (sent === 0) return [];
  const delay = settings.labelDelay === 0 ? "" : `, ${formatDuration(settings.labelDelay)} after the answers`;
  // A replica does not know what another one has counted, so a value that is repeated elsewhere counts twice.
  const again = accepted + failed - (sent - noise.repeated - noise.unknown - noise.foreign);
  const parts = [
    `${formatCount(accepted)} counted`,
    ...(duplicate > 0 ? [`${formatCount(duplicate)} already known`] : []),
    ...(again > 0 ? [`${formatCount(again)} of them twice, at two replicas`] : []),
    ...(refused > 0 ? [`${formatCount(refused)} refused`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} did not arrive`] : []),
  ];
  return [
    {
      label: "Feedback",
      text: `${formatCount(sent)} values sent${delay}: ${parts.join(", ")}${injectedNoise(counts)}`,
    },
  ];
}

function injectedNoise({ noise: { repeated, unknown, foreign } }: RehearsalReport["feedback"]): string {
  if (repeated + unknown + foreign === 0) return "";
  return `; injected: ${formatCount(repeated)} repeated, ${formatCount(unknown)} for unknown predictions, ${formatCount(foreign)} for a version outside the rollout`;
}

function switches({ rollback, drill }: RehearsalReport): SummaryLine[] {
  return [
    ...(rollback ? [{ label: "Rollback", text: formatSwitch(rollback) }] : []),
    ...(drill ? [{ label: "Rollback drill", text: `after the promotion, ${formatSwitch(drill)}` }] : []),
  ];
}

function formatSwitch({ appliedMs, drainedMs, inFlight, strays, lost }: SwitchReport): string {
  const drained =
    inFlight === 0
      ? "no request was in flight"
      : `requests in flight: ${inFlight}, answered within ${formatLatency(drainedMs / 1000)}`;
  return `weights applied ${formatLatency(appliedMs / 1000)} after the evaluation that decided; ${drained}, ${strays} misrouted, ${lost} lost`;
}

function clock({ settings: { speed, seed }, wallSeconds, rolloutSeconds }: RehearsalReport): string {
  return `${formatElapsed(rolloutSeconds)} in ${formatElapsed(wallSeconds)}: hold times pass ${speed} times faster, samples arrive in real time, so a stage lasts until it has both (seed ${seed})`;
}

function machine({ untimed: { answers, of } }: RehearsalReport): SummaryLine[] {
  if (answers === 0) return [];
  const share = formatShare(answers / of);
  const text = `busy with other programs: the latencies of ${formatCount(answers)} answers (${share}) were not judged, because more than 20% of each was waiting for a processor`;
  return [{ label: "Machine", text }];
}
