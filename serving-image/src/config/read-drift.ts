import { readBaseline } from "../drift/read-baseline";
import type { Baseline, DriftConfig } from "../drift/settings";
import type { SettingReader } from "./setting-reader";

/** Reads how drift is measured, and its baseline. */
export function readDrift(reader: SettingReader): { readonly drift: DriftConfig; readonly baseline?: Baseline } {
  const file = reader.optionalText("drift.baseline", /./, "a file");
  const sample = reader.number("drift.sample", { min: 0, max: 1 }, 1);
  if (file === undefined) return { drift: { sample } };
  const baseline = readBaseline(file);
  if (typeof baseline !== "string") return { drift: { sample, baseline: file }, baseline };
  const fix = "Create one with `slipway-serving baseline samples.json --version VERSION`.";
  reader.conflict("drift.baseline", `${file} ${baseline}.`, fix);
  return { drift: { sample } };
}
