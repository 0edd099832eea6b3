import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildEvidence } from "./evidence";
import { htmlReport } from "./html";
import { markdownReport } from "./markdown";
import type { RehearsalReport } from "./report";

/** The default folder of a report. */
export function defaultFolder({ name, tracks }: RehearsalReport): string {
  return join("rehearsal", [name, ...tracks.map(({ version }) => version)].join("-"));
}

/** Writes the report in every format, and the evidence; returns the paths. */
export function writeReports(report: RehearsalReport, folder: string): string[] {
  const evidence = report.tracks
    .slice(1)
    .map((track) => [`evidence-${track.version}.json`, asJson(buildEvidence(report, track))] as const);
  const files: Record<string, string> = {
    "report.html": htmlReport(report),
    "report.md": markdownReport(report),
    "report.json": asJson(report),
    ...Object.fromEntries(evidence),
  };
  mkdirSync(folder, { recursive: true });
  return Object.entries(files).map(([file, text]) => {
    const path = join(folder, file);
    writeFileSync(path, text);
    return path;
  });
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
