import { Diagnostics } from "../core/findings/diagnostics";
import { styleFor } from "../drivers/common/style";
import { PlainProgress } from "../drivers/rehearsal/progress/plain";
import type { Progress } from "../drivers/rehearsal/progress/progress";
import { TerminalProgress } from "../drivers/rehearsal/progress/terminal";
import { rehearse } from "../drivers/rehearsal/rehearse";
import type { RehearsalReport } from "../drivers/rehearsal/report/report";
import { checkFit, parseSettings, type RehearsalSettings } from "../drivers/rehearsal/settings";
import type { RolloutPolicy } from "../strategies/registry";
import { report as tellFindings, type PlannedFile } from "./planned-file";
import { UserError } from "./user-error";

/** A rehearsal whose settings were found to fit its rollout. */
export interface PreparedRehearsal {
  readonly settings: RehearsalSettings;
  run(signal: AbortSignal, progress: Progress): Promise<RehearsalReport>;
}

/** Reads how a planned file is to be rehearsed; `over` are settings from the command line, which win over the file's. */
export function prepareRehearsal({ source, plan }: PlannedFile, over: Partial<RehearsalSettings>): PreparedRehearsal {
  if (source.rehearsal === undefined) {
    throw new UserError(`${source.file} exports no \`rehearsal\``, [
      'Give the model files and the samples: export const rehearsal = { models: { "1.0.0": "model.onnx" }, samples: "samples.json" };',
    ]);
  }
  const diagnostics = new Diagnostics();
  const read = parseSettings(source.rehearsal, source.folder, diagnostics);
  if (read) checkFit({ ...read, ...over }, plan.tracks, plan.policy as RolloutPolicy, diagnostics);
  tellFindings(`The rehearsal in ${source.file}`, diagnostics.findings);
  const settings = { ...(read as RehearsalSettings), ...over };
  return { settings, run: (signal, progress) => rehearse({ plan, settings, signal }, progress) };
}

/** Rehearses a planned file, and shows how it goes. */
export function rehearseFile(
  planned: PlannedFile,
  over: Partial<RehearsalSettings>,
  signal: AbortSignal,
): Promise<RehearsalReport> {
  return prepareRehearsal(planned, over).run(signal, progressFor(process.stdout));
}

/** Progress as the stream can show it. */
export function progressFor(stream: NodeJS.WriteStream): Progress {
  if (stream.isTTY) return new TerminalProgress(stream, styleFor(stream));
  return new PlainProgress((line) => stream.write(`${line}\n`));
}
