import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { evidenceOf } from "../evidence";
import { htmlReport } from "./html";
import { markdownReport } from "./markdown";
import type { RehearsalReport } from "./report";

/** Folder of a report when none is named. */
export function defaultFolder({ name, stable, canary }: RehearsalReport): string {
  return join("rehearsal", `${name}-${stable.version}-${canary.version}`);
}

/** Writes the report in every format, and the evidence; gives the paths. */
export function writeReports(report: RehearsalReport, folder: string): string[] {
  const evidence = evidenceOf(report);
  const files: Record<string, string> = {
    "report.html": htmlReport(report),
    "report.md": markdownReport(report),
    "report.json": `${JSON.stringify(report, undefined, 2)}\n`,
    [`evidence-${report.canary.version}.json`]: `${JSON.stringify(evidence, undefined, 2)}\n`,
  };
  mkdirSync(folder, { recursive: true });
  return Object.entries(files).map(([file, text]) => {
    const path = join(folder, file);
    writeFileSync(path, text);
    return path;
  });
}
