import { contract } from "../core/contract";
import type { FaultConfig } from "../faults/settings";
import type { SettingReader } from "./setting-reader";

const SHARE = { min: 0, max: 1 };

/** Reads the initial faults; undefined if the command line does not allow faults, whatever the file contains. */
export function readFaults(reader: SettingReader, isAllowed: boolean): FaultConfig | undefined {
  if (!isAllowed && reader.has("faults")) {
    const fix = `Remove them, or start the server with ${contract.arguments.allowFaults}.`;
    reader.conflict("faults", "are not allowed.", fix);
  }
  const faults = {
    latencySeconds: reader.number("faults.latencySeconds", { min: 0, max: 60 }, 0),
    errors: reader.number("faults.errors", SHARE, 0),
    wrong: reader.number("faults.wrong", SHARE, 0),
  };
  return isAllowed ? faults : undefined;
}
