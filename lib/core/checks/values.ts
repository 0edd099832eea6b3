import { isLate } from "../late";
import { parseDuration, formatDuration } from "../values/duration";
import { isDnsLabel, MAX_LABEL } from "../values/name";
import { canonicalCpu, canonicalMemory } from "../values/quantity";
import { isSemver } from "../values/semver";
import { quote, wrongType, type Check } from "./check";

export const text: Check<string> = (value, path, report) =>
  typeof value === "string" && value !== "" ? value : wrongType(value, path, report, "a text");

export const flag: Check<boolean> = (value, path, report) =>
  typeof value === "boolean" ? value : wrongType(value, path, report, "true or false");

/** One of a few texts. */
export function oneOf<T extends string>(allowed: Readonly<Record<string, T>>): Check<T> {
  const values = Object.values(allowed);
  return (value, path, report) => {
    if (values.includes(value as T)) return value as T;
    const list = values.map((each) => `"${each}"`).join(", ");
    report.error("SLW004", path, {
      message: `${quote(value)} is not allowed.`,
      allowed: list,
      fix: `Write one of ${list}.`,
    });
    return undefined;
  };
}

/** Limits of a number; `min` and `max` are allowed themselves. */
export interface NumberLimits {
  readonly min?: number;
  readonly max?: number;
  /** The number must be larger than this. */
  readonly above?: number;
  /** The number must be smaller than this. */
  readonly below?: number;
  readonly whole?: boolean;
}

export function number(limits: NumberLimits): Check<number> {
  const allowed = describeLimits(limits);
  return (value, path, report) => {
    if (typeof value !== "number") return wrongType(value, path, report, allowed);
    if (within(value, limits)) return value;
    report.error("SLW012", path, { message: `${quote(value)} is out of range.`, allowed, fix: `Give ${allowed}.` });
    return undefined;
  };
}

function within(value: number, { min, max, above, below, whole }: NumberLimits): boolean {
  if (!Number.isFinite(value) || (whole === true && !Number.isInteger(value))) return false;
  if (min !== undefined && value < min) return false;
  if (max !== undefined && value > max) return false;
  return !(above !== undefined && value <= above) && !(below !== undefined && value >= below);
}

function describeLimits({ min, max, above, below, whole }: NumberLimits): string {
  const lower = min !== undefined ? `from ${min}` : above !== undefined ? `over ${above}` : "";
  const upper = max !== undefined ? `to ${max}` : below !== undefined ? `under ${below}` : "";
  return [whole ? "a whole number" : "a number", lower, upper].filter((part) => part !== "").join(" ");
}

/** A whole percent of the traffic, 1 to 100. */
export const percent: Check<number> = (value, path, report) => {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 100) return value;
  report.error("SLW008", path, {
    message: `${quote(value)} is no whole percent.`,
    allowed: "whole numbers from 1 to 100",
    fix: "Give a whole percent, such as 5.",
  });
  return undefined;
};

/** A duration with its unit, read as seconds. */
export function duration(limits: { readonly min?: number; readonly max?: number } = {}): Check<number> {
  const { min = 0.001, max = 366 * 86400 } = limits;
  const allowed = `${formatDuration(min)} to ${formatDuration(max)}`;
  return (value, path, report) => {
    const seconds = typeof value === "string" ? parseDuration(value) : undefined;
    if (seconds !== undefined && seconds >= min && seconds <= max) return seconds;
    const wrong = seconds === undefined ? "is no duration" : "is out of range";
    report.error("SLW006", path, {
      message: `${quote(value)} ${wrong}.`,
      allowed: `a number and a unit (ms, s, m, h, d), ${allowed}`,
      fix: durationFix(value),
    });
    return undefined;
  };
}

function durationFix(value: unknown): string {
  const bare = /^\d+(\.\d+)?$/.exec(String(value).trim());
  return bare ? `Say the unit: "${bare[0]}s" or "${bare[0]}m".` : 'Write it like "30s", "5m" or "1h30m".';
}

function quantity(canonical: (text: string) => string | undefined, examples: string): Check<string> {
  return (value, path, report) => {
    const read = typeof value === "string" || typeof value === "number" ? canonical(String(value)) : undefined;
    if (read === undefined) {
      report.error("SLW007", path, {
        message: `${quote(value)} is no quantity.`,
        allowed: `Kubernetes quantities such as ${examples}`,
        fix: `Write it like ${examples}.`,
      });
    }
    return read;
  };
}

/** CPU, in the API server's own form. */
export const cpu = quantity(canonicalCpu, '"500m" or "2"');
/** Memory, in the API server's own form. */
export const memory = quantity(canonicalMemory, '"512Mi" or "2Gi"');

export const semver: Check<string> = (value, path, report) => {
  if (typeof value === "string" && value.length <= 64 && isSemver(value)) return value;
  report.error("SLW009", path, {
    message: `${quote(value)} is no semantic version.`,
    allowed: "MAJOR.MINOR.PATCH, such as 2.3.0 or 2.3.0-rc.1, at most 64 characters",
    fix: "Name exactly one version of the model, such as 2.3.0.",
  });
  return undefined;
};

/** The name of a construct: it must leave room for the version behind it. */
export const MAX_NAME = 40;

export const constructName: Check<string> = (value, path, report) => {
  if (typeof value === "string" && value.length <= MAX_NAME && isDnsLabel(value)) return value;
  const long = typeof value === "string" && value.length > MAX_NAME ? ` (${value.length} characters)` : "";
  report.error("SLW010", path, {
    message: `${quote(value)}${long} cannot name Kubernetes objects.`,
    allowed: `lower case letters, digits and "-", a letter first, at most ${MAX_NAME} characters`,
    fix: "Choose a shorter or plainer name, such as recommender.",
  });
  return undefined;
};

export const dnsName: Check<string> = (value, path, report) => {
  if (typeof value === "string" && value.length <= MAX_LABEL && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(value))
    return value;
  report.error("SLW010", path, {
    message: `${quote(value)} is no Kubernetes name.`,
    allowed: `lower case letters, digits and "-", at most ${MAX_LABEL} characters`,
    fix: "Give the name as kubectl prints it.",
  });
  return undefined;
};

export const sha256: Check<string> = (value, path, report) => {
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return value;
  report.error("SLW011", path, {
    message: `${quote(value)} is no SHA-256 digest.`,
    allowed: "64 hexadecimal digits, lower case",
    fix: "Take it from `sha256sum model.onnx`.",
  });
  return undefined;
};

export const modelUri: Check<string> = (value, path, report) => {
  if (typeof value === "string" && /^(s3|https?|file):\/\/\S+$/.test(value)) return value;
  report.error("SLW013", path, {
    message: `${quote(value)} is no URI of a model that the serving image can read.`,
    allowed: "s3://…, https://…, http://…, file://…",
    fix: "Give the model file's URI, such as s3://models/recommender/2.3.0/model.onnx.",
  });
  return undefined;
};

const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

export const labelKey: Check<string> = (value, path, report) => {
  const name = String(value).split("/").at(-1) as string;
  if (LABEL_KEY.test(String(value)) && name.length <= MAX_LABEL) return String(value);
  report.error("SLW014", path, {
    message: `${quote(value)} is no label name.`,
    allowed: `letters, digits, "-", "_" and ".", with a DNS prefix and "/" before it if wanted`,
    fix: "Rename the label.",
  });
  return undefined;
};

export const labelValue: Check<string> = (value, path, report) => {
  if (typeof value === "string" && value.length <= MAX_LABEL && LABEL_VALUE.test(value)) return value;
  report.error("SLW014", path, {
    message: `${quote(value)} is no label value.`,
    allowed: `at most ${MAX_LABEL} letters, digits, "-", "_" and ".", with a letter or digit at both ends`,
    fix: "Shorten or rewrite the value.",
  });
  return undefined;
};

/** Any object literal, carried as it is. */
export const anyObject: Check<Record<string, unknown>> = (value, path, report) =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isLate(value)
    ? (value as Record<string, unknown>)
    : wrongType(value, path, report, "an object");
