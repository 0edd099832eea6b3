import { Diagnostics } from "../core/findings/diagnostics";
import { styleFor } from "../drivers/common/style";
import { PlainProgress } from "../drivers/rehearsal/progress/plain";
import type { Progress } from "../drivers/rehearsal/progress/progress";
import { TerminalProgress } from "../drivers/rehearsal/progress/terminal";
import { rehearse } from "../drivers/rehearsal/rehearse";
import type { RehearsalReport } from "../drivers/rehearsal/report/report";
import { checkFit, parseSettings, type RehearsalSettings } from "../drivers/rehearsal/settings";
import { runtimeOfPlan } from "../runtimes/registry";
import type { RolloutPolicy } from "../strategies/registry";
import { reportFindings, type PlannedFile } from "./planned-file";
import { UserError } from "./user-error";

/** A rehearsal whose settings are valid and fit its rollout. */
export interface PreparedRehearsal {
  readonly settings: RehearsalSettings;
  run(signal: AbortSignal, progress: Progress): Promise<RehearsalReport>;
}

/** Reads the rehearsal settings of a planned file. `overrides` come from the command line and take precedence. */
export function prepareRehearsal(
  { source, plan }: PlannedFile,
  overrides: Partial<RehearsalSettings>,
): PreparedRehearsal {
  if (source.rehearsal === undefined) {
    throw new UserError(`${source.file} does not export \`rehearsal\``, [
      'Export the model files and the samples: export const rehearsal = { models: { "1.0.0": "model.onnx" }, samples: "samples.json" };',
    ]);
  }
  const diagnostics = new Diagnostics();
  const read = parseSettings(source.rehearsal, source.folder, diagnostics);
  const rollout = { tracks: plan.tracks, policy: plan.policy as RolloutPolicy, runtime: runtimeOfPlan(plan) };
  if (read) checkFit({ ...read, ...overrides }, rollout, diagnostics);
  reportFindings(`The rehearsal in ${source.file}`, diagnostics.findings);
  const settings = { ...(read as RehearsalSettings), ...overrides };
  return { settings, run: (signal, progress) => rehearse({ plan, settings, signal }, progress) };
}

/** Rehearses a planned file, and shows the progress. */
export function rehearseFile(
  planned: PlannedFile,
  overrides: Partial<RehearsalSettings>,
  signal: AbortSignal,
): Promise<RehearsalReport> {
  return prepareRehearsal(planned, overrides).run(signal, progressFor(process.stdout));
}

/** Progress as the stream can show it. */
export function progressFor(stream: NodeJS.WriteStream): Progress {
  if (stream.isTTY) return new TerminalProgress(stream, styleFor(stream));
  return new PlainProgress((line) => stream.write(`${line}\n`));
}
