import { formatCount, formatElapsed, formatLatency, formatShare } from "../../../core/format";
import { faultWords } from "../fault-words";
import type { RehearsalReport, SwitchReport, TrackReport } from "./report";
import { isGoodEnd } from "./outcome";

/** One thing that a rehearsal found out, under a heading. */
export interface Fact {
  readonly label: string;
  readonly text: string;
}

/** What a reader should know besides the tables, in the order of importance. */
export function factsOf(report: RehearsalReport): Fact[] {
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
    ...rollback(report),
    ...(report.drill ? [{ label: "Way back", text: `tried after the promotion: ${moved(report.drill)}` }] : []),
    ...faults(report),
    { label: "Clock", text: clock(report) },
    ...machine(report),
    ...report.notes.map((text) => ({ label: "Note", text })),
  ];
}

function detection({ detection: found, tracks: [, ...trials] }: RehearsalReport): Fact[] {
  if (found === undefined) return [];
  const { since, wallSeconds, rolloutSeconds, requests } = found;
  const versions = trials.map(({ version }) => version).join(" and ");
  const start = since === "fault" ? "the fault" : `the first request to ${versions}`;
  const text = `${formatElapsed(rolloutSeconds)} after ${start} (${formatElapsed(wallSeconds)} real), ${formatCount(requests)} requests to ${versions}`;
  return [{ label: "Detected", text }];
}

/** Whom a version met that did not stay. */
function exposure({ outcome, tracks: [, ...trials], ...report }: RehearsalReport): Fact[] {
  if (isGoodEnd(outcome)) return [];
  return trials.filter(({ shadow }) => !shadow).map((track) => ({ label: "Affected", text: met(track, report) }));
}

function met(
  { version, requests, errors, slow, wrong }: TrackReport,
  { requests: { sent }, objectives }: Pick<RehearsalReport, "requests" | "objectives">,
): string {
  const share = formatShare(sent === 0 ? 0 : requests / sent);
  const slower = objectives.latencySeconds === undefined ? [] : [`${formatCount(slow)} slower than the objective`];
  const parts = [`${formatCount(errors)} failed`, ...slower, `${formatCount(wrong)} wrong by their labels`];
  return `${formatCount(requests)} requests met ${version} (${share} of all): ${parts.join(", ")}`;
}

function requests({ requests: { sent, answered, faulted, lost }, settings }: RehearsalReport): string {
  const byFaults = faulted === 0 ? "" : `, ${formatCount(faulted)} failed by the faults put in`;
  return `${formatCount(sent)} sent at ${settings.rate}/s, ${formatCount(answered)} answered${byFaults}, ${formatCount(lost)} lost`;
}

function leftOut({ requests: { leftOut: count } }: RehearsalReport): Fact[] {
  if (count === 0) return [];
  const text = `${formatCount(count)} requests, because those of three seconds were unanswered: lower the rate, or look at the version that does not keep up`;
  return [{ label: "Left out", text }];
}

function losses({ requests: { losses: found } }: RehearsalReport): Fact[] {
  return Object.entries(found).map(([reason, count]) => ({ label: "Lost", text: `${formatCount(count)}: ${reason}` }));
}

function users({ users: found }: RehearsalReport): Fact[] {
  if (found === undefined) return [];
  const moved = found.moved === 0 ? "none met two versions" : `${formatCount(found.moved)} met more than one version`;
  return [{ label: "Users", text: `${formatCount(found.count)}, ${moved} under one split` }];
}

function copies({ tracks, copiesDropped }: RehearsalReport): Fact[] {
  const dropped = copiesDropped === 0 ? "" : `; ${formatCount(copiesDropped)} not made, because it did not keep up`;
  const shadows = tracks.filter(({ shadow }) => shadow);
  return shadows.map(({ version, requests: made, errors }) => ({
    label: "Copies",
    text: `${formatCount(made)} to ${version}, ${formatCount(errors)} failed, none seen by a user${dropped}`,
  }));
}

function pairs({ comparison }: RehearsalReport): Fact[] {
  if (comparison === undefined) return [];
  const { agreed, unpaired, latency_ratio: ratio, samples } = comparison;
  // Requests without an id are those of the validation, before there was any traffic.
  const alone = Object.entries(unpaired).filter(([reason, count]) => count > 0 && reason !== "no_request_id");
  const parts = [
    `${formatCount(agreed)} of ${formatCount(comparison.pairs)} pairs agree (${formatShare(comparison.agreement ?? undefined)})`,
    ...(ratio === null ? [] : [`the shadow took ${ratio.toFixed(2)} times as long on the same requests`]),
    ...alone.map(([reason, count]) => `${formatCount(count)} without a partner (${reason.replaceAll("_", " ")})`),
    ...(samples.length > 0 ? [`${formatCount(samples.length)} differing requests kept in report.json`] : []),
  ];
  return [{ label: "Compared", text: parts.join(", ") }];
}

function predictions({ tracks }: RehearsalReport): string {
  const sum = (what: "compared" | "mismatched") => tracks.reduce((total, track) => total + track[what], 0);
  const [compared, mismatched] = [sum("compared"), sum("mismatched")];
  if (compared === 0) return "none was compared: the samples hold no answers of these versions";
  const result = mismatched === 0 ? "all as recorded" : `${formatCount(mismatched)} not as recorded`;
  return `${formatCount(compared)} compared with the recorded ones, before and under traffic: ${result}`;
}

function feedback({ feedback: counts, settings }: RehearsalReport): Fact[] {
  const { sent, accepted, duplicate, refused, failed, noise } = counts;
  if (sent === 0) return [];
  const delay = settings.labelDelay === 0 ? "" : `, ${formatElapsed(settings.labelDelay)} late`;
  // What a replica knows already, another does not: values that came a second time elsewhere were counted again.
  const again = accepted + failed - (sent - noise.repeated - noise.unknown - noise.foreign);
  const parts = [
    ...(duplicate > 0 ? [`${formatCount(duplicate)} known already`] : []),
    ...(again > 0 ? [`${formatCount(again)} of them again, at another replica`] : []),
    ...(refused > 0 ? [`${formatCount(refused)} refused`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} did not arrive`] : []),
  ];
  const [repeated, unknown, foreign] = [noise.repeated, noise.unknown, noise.foreign].map(formatCount);
  const putIn =
    noise.repeated + noise.unknown + noise.foreign === 0
      ? ""
      : `; put in: ${repeated} a second time, ${unknown} for unknown predictions, ${foreign} for a version that takes no part`;
  const text = `${formatCount(sent)} values sent back${delay}: ${[`${formatCount(accepted)} counted`, ...parts].join(", ")}${putIn}`;
  return [{ label: "Feedback", text }];
}

function rollback({ rollback: moving }: RehearsalReport): Fact[] {
  return moving ? [{ label: "Rollback", text: moved(moving) }] : [];
}

function moved({ appliedMs, drainedMs, inFlight, strays, lost }: SwitchReport): string {
  const drained =
    inFlight === 0
      ? "none was on its way"
      : `the ${inFlight} on their way answered ${formatLatency(drainedMs / 1000)} later`;
  return `weights applied ${formatLatency(appliedMs / 1000)} after the look that decided; ${drained}, ${strays} went astray, ${lost} lost`;
}

function faults({ settings }: RehearsalReport): Fact[] {
  return settings.faults.map((fault) => ({ label: "Fault put in", text: faultWords(fault) }));
}

function clock({ settings: { speed, seed }, wallSeconds, rolloutSeconds }: RehearsalReport): string {
  return `${formatElapsed(rolloutSeconds)} in ${formatElapsed(wallSeconds)}: hold times pass ${speed} times faster, samples come in real time, so a stage lasts until both are enough (seed ${seed})`;
}

function machine({ untimed: { answers, of } }: RehearsalReport): Fact[] {
  if (answers === 0) return [];
  const share = formatShare(answers / of);
  const text = `busy with other programs: the times of ${formatCount(answers)} answers (${share}) were not judged, because more than a fifth of each was waiting for a processor`;
  return [{ label: "Machine", text }];
}
