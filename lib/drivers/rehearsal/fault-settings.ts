import {
  defaulted,
  object,
  optional,
  quote,
  required,
  type Check,
  type Fields,
  type Parsed,
} from "../../core/checks/check";
import { suggestion } from "../../core/checks/suggest";
import { duration, flag, number, text } from "../../core/checks/values";
import type { Diagnostics } from "../../core/findings/diagnostics";
import { formatDuration, formatLatency, formatPercent } from "../../core/format";
import type { FaultProps } from "./props";

const faultFields = {
  track: required(text),
  latency: optional(duration({ max: 60 })),
  errors: optional(number({ above: 0, max: 1 })),
  wrong: optional(number({ above: 0, max: 1 })),
  strays: optional(number({ above: 0, max: 1 })),
  crash: defaulted(flag, false),
  at: defaulted(duration({ min: 0 }), 0),
  for: optional(duration({ min: 1 })),
} satisfies Fields<FaultProps>;

/** A fault with its values parsed: seconds and shares. */
export type Fault = Parsed<typeof faultFields>;

const SHARES = ["errors", "wrong", "strays"] as const;
const VALUES = ["latency", ...SHARES] as const;
const PARTS: readonly string[] = [...VALUES, "crash", "at", "for"];

/** Name under which a fault is injected into every track. */
export const ALL_TRACKS = "all";
const EXAMPLE = "canary:latency=250ms,errors=5%,at=40s";

export const checkFault: Check<Fault> = (value, path, diagnostics) => {
  const fault = object(faultFields)(value, path, diagnostics);
  if (fault === undefined) return undefined;
  if (fault.for !== undefined && isServerFault(fault)) {
    diagnostics.error("SLW004", `${path}.for`, {
      message: "wrong predictions and a crash do not end.",
      allowed: "`for` with latency, errors or strays",
      fix: "Leave out `for`, or declare the other faults separately.",
    });
  }
  if (fault.crash || VALUES.some((name) => fault[name] !== undefined)) return fault;
  diagnostics.error("SLW003", path, {
    message: "names no fault.",
    allowed: "at least one of latency, errors, wrong, strays, crash",
    fix: "Say what goes wrong, such as `errors: 0.05`.",
  });
  return undefined;
};

/** Parses a fault from the command line, such as `canary:latency=250ms,errors=5%,crash,at=40s`. */
export function parseFault(source: string, path: string, diagnostics: Diagnostics): Fault | undefined {
  const [, track, rest] = /^([^:]*):(.*)$/.exec(source) ?? [];
  if (track === undefined || rest === undefined) {
    diagnostics.error("SLW002", path, {
      message: `${quote(source)} is not a valid fault.`,
      allowed: "TRACK:FAULT,…",
      fix: `Write it like ${EXAMPLE}.`,
    });
    return undefined;
  }
  const fault: Record<string, unknown> = { track };
  for (const part of rest.split(",")) {
    if (!parsePart(part.trim(), fault, path, diagnostics)) return undefined;
  }
  return checkFault(fault, path, diagnostics);
}

function parsePart(part: string, fault: Record<string, unknown>, path: string, diagnostics: Diagnostics): boolean {
  const [key, value] = part.split("=", 2) as [string, string | undefined];
  if (!PARTS.includes(key) || (value === undefined) !== (key === "crash")) {
    const near = suggestion(key, PARTS);
    diagnostics.error("SLW001", path, {
      message: `there is no fault ${quote(part)}.`,
      allowed: "latency=DURATION, errors=PERCENT%, wrong=PERCENT%, strays=PERCENT%, crash, at=DURATION, for=DURATION",
      fix: near === undefined ? `Write it like ${EXAMPLE}.` : `Write \`${near === "crash" ? near : `${near}=…`}\`.`,
    });
    return false;
  }
  const isShare = SHARES.some((name) => name === key);
  fault[key] = key === "crash" ? true : isShare ? parseShare(value as string) : value;
  return true;
}

/** A share as a percent or a plain number; the check rejects anything else. */
function parseShare(value: string): number | string {
  const [, digits, sign] = /^(\d+(?:\.\d+)?)(%?)$/.exec(value) ?? [];
  return digits === undefined ? value : Number(digits) / (sign === "%" ? 100 : 1);
}

/** Whether a fault happens in the server itself, and not on the way to it. */
export function isServerFault({ crash, wrong }: Fault): boolean {
  return crash || wrong !== undefined;
}

/** What a fault does to which track, and when. */
export function formatFault({ track, latency, errors, wrong, strays, crash, at, for: seconds }: Fault): string {
  const parts = [
    ...(latency === undefined ? [] : [`${formatLatency(latency)} slower`]),
    ...(errors === undefined ? [] : [`${formatPercent(errors)} errors`]),
    ...(wrong === undefined ? [] : [`${formatPercent(wrong)} wrong predictions`]),
    ...(strays === undefined ? [] : [`${formatPercent(strays)} misrouted`]),
    ...(crash ? ["crash"] : []),
  ];
  const end = seconds === undefined ? "" : ` for ${formatDuration(seconds)}`;
  return `${track === ALL_TRACKS ? "all tracks" : track}: ${parts.join(", ")}, from ${formatDuration(at)}${end}`;
}
