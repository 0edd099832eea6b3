import { quote } from "../../core/checks/check";
import { suggestion } from "../../core/checks/suggest";
import type { Diagnostics } from "../../core/findings/diagnostics";
import { checkFault, type Fault } from "./settings";

const EXAMPLE = "canary:latency=250ms,errors=5%,at=40s";
const SHARES = ["errors", "wrong", "strays"];
const PARTS = ["latency", ...SHARES, "crash", "at"];

/** Reads a fault as it is written on the command line, such as `canary:latency=250ms,errors=5%,crash,at=40s`. */
export function readFaultText(text: string, path: string, diagnostics: Diagnostics): Fault | undefined {
  const [, track, rest] = /^([^:]*):(.*)$/.exec(text) ?? [];
  if (track === undefined || rest === undefined) {
    diagnostics.error("SLW002", path, {
      message: `${quote(text)} is no fault.`,
      allowed: "TRACK:FAULT,…",
      fix: `Write it like ${EXAMPLE}.`,
    });
    return undefined;
  }
  const fault: Record<string, unknown> = { track };
  for (const part of rest.split(",")) {
    if (!readPart(part.trim(), fault, path, diagnostics)) return undefined;
  }
  return checkFault(fault, path, diagnostics);
}

function readPart(part: string, fault: Record<string, unknown>, path: string, diagnostics: Diagnostics): boolean {
  const [key, value] = part.split("=", 2) as [string, string | undefined];
  if (!PARTS.includes(key) || (value === undefined) !== (key === "crash")) {
    const near = suggestion(key, PARTS);
    diagnostics.error("SLW001", path, {
      message: `there is no fault ${quote(part)}.`,
      allowed: "latency=DURATION, errors=PERCENT%, wrong=PERCENT%, strays=PERCENT%, crash, at=DURATION",
      fix: near === undefined ? `Write it like ${EXAMPLE}.` : `Write \`${near === "crash" ? near : `${near}=…`}\`.`,
    });
    return false;
  }
  fault[key] = key === "crash" ? true : SHARES.includes(key) ? readShare(value as string) : value;
  return true;
}

/** A share as a percent or a plain number; anything else is left for the check to refuse. */
function readShare(value: string): number | string {
  const [, digits, sign] = /^(\d+(?:\.\d+)?)(%?)$/.exec(value) ?? [];
  return digits === undefined ? value : Number(digits) / (sign === "%" ? 100 : 1);
}
