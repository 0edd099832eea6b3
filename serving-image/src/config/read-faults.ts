import { contract } from "../core/contract";
import type { FaultConfig } from "../faults/settings";
import type { SettingReader } from "./setting-reader";

const SHARE = { min: 0, max: 1 };

/** Faults to begin with; undefined where the command line does not allow any, whatever the file says. */
export function readFaults(reader: SettingReader, isAllowed: boolean): FaultConfig | undefined {
  if (!isAllowed && reader.has("faults")) {
    const fix = `Remove them; only a server started with ${contract.arguments.allowFaults} has any.`;
    reader.conflict("faults", "are not possible here.", fix);
  }
  const faults = {
    latencySeconds: reader.number("faults.latencySeconds", { min: 0, max: 60 }, 0),
    errors: reader.number("faults.errors", SHARE, 0),
    wrong: reader.number("faults.wrong", SHARE, 0),
  };
  return isAllowed ? faults : undefined;
}
