import { formatDuration } from "../format";
import { CONTRACT } from "../contract";
import type { Diagnostics } from "../findings/diagnostics";
import { isPlainObject } from "../deferred";
import { parseDuration } from "../values/duration";
import { canonicalCpu, canonicalMemory, memoryBytes } from "../values/quantity";
import { isSemver } from "../values/semver";
import { quote, reject, wrongType, type Check } from "./check";
import { suggestion } from "./suggest";

export const text: Check<string> = (value, path, diagnostics) =>
  typeof value === "string" && value !== "" ? value : wrongType(value, path, diagnostics, "a non-empty string");

export const flag: Check<boolean> = (value, path, diagnostics) =>
  typeof value === "boolean" ? value : wrongType(value, path, diagnostics, "true or false");

/** One of a few strings. */
export function oneOf<T extends string>(allowed: Readonly<Record<string, T>>): Check<T> {
  const values = Object.values(allowed);
  return (value, path, diagnostics) => {
    if (values.includes(value as T)) return value as T;
    const near = typeof value === "string" ? suggestion(value, values) : undefined;
    return reject("SLW004", value, path, diagnostics, {
      message: `${quote(value)} is not allowed.`,
      allowed: values.map((each) => `"${each}"`).join(", "),
      fix: near === undefined ? "Use one of these values." : `Write "${near}".`,
    });
  };
}

/** Limits of a number; `min` and `max` are inclusive. */
export interface NumberLimits {
  readonly min?: number;
  readonly max?: number;
  /** Exclusive lower limit. */
  readonly above?: number;
  /** Exclusive upper limit. */
  readonly below?: number;
  readonly whole?: boolean;
}

export function number(limits: NumberLimits): Check<number> {
  return limitedNumber("SLW012", limits);
}

/** A whole percent of the traffic, 1 to 100. */
export const percent = limitedNumber("SLW008", { min: 1, max: 100, whole: true });

function limitedNumber(code: "SLW008" | "SLW012", limits: NumberLimits): Check<number> {
  const allowed = describeLimits(limits, limits.whole ? "whole numbers" : "numbers", String);
  return (value, path, diagnostics) => {
    if (typeof value !== "number") return notNumber(value, path, diagnostics);
    const problem = limitProblem(value, limits, String);
    if (problem === undefined) return value;
    return reject(code, value, path, diagnostics, { message: `${value} ${problem.wrong}.`, allowed, fix: problem.fix });
  };
}

function notNumber(value: unknown, path: string, diagnostics: Diagnostics): undefined {
  if (typeof value !== "string" || !/^-?\d+(\.\d+)?$/.test(value))
    return wrongType(value, path, diagnostics, "a number");
  const fix = `Write ${value}, without the quotes.`;
  return reject("SLW002", value, path, diagnostics, { message: `${quote(value)} is a string, not a number.`, fix });
}

/** A duration with a unit, parsed to seconds. */
export function duration(limits: Pick<NumberLimits, "min" | "max" | "whole"> = {}): Check<number> {
  const full = { min: 0.001, max: 366 * 86400, ...limits };
  const what = limits.whole ? "whole seconds with a unit (s, m, h, d)," : "a number with a unit (ms, s, m, h, d),";
  const allowed = describeLimits(full, what, formatDuration);
  return (value, path, diagnostics) => {
    const seconds = typeof value === "string" ? parseDuration(value) : undefined;
    const problem =
      seconds === undefined
        ? { wrong: "is not a valid duration", fix: durationFix(value, full) }
        : limitProblem(seconds, full, (limit) => `"${formatDuration(limit)}"`, "a whole number of seconds");
    if (problem === undefined) return seconds;
    return reject("SLW006", value, path, diagnostics, {
      message: `${quote(value)} ${problem.wrong}.`,
      allowed,
      fix: problem.fix,
    });
  };
}

/** When only the unit is missing, suggests the two most likely units that the limits allow. */
function durationFix(value: unknown, limits: NumberLimits): string {
  const bare = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
  const candidates = /^\d+(\.\d+)?$/.test(bare) ? ["ms", "s", "m"].map((unit) => `${bare}${unit}`) : [];
  const allowed = candidates.filter((text) => {
    const seconds = parseDuration(text);
    return seconds !== undefined && limitProblem(seconds, limits, String) === undefined;
  });
  if (allowed.length === 0) return 'Use a number with a unit, such as "30s", "5m" or "1h30m".';
  return `Add the unit: ${allowed.slice(0, 2).map(quote).join(" or ")}.`;
}

/** How a number violates its limits, and how to fix it. */
function limitProblem(
  value: number,
  limits: NumberLimits,
  show: (limit: number) => string,
  whole = "a whole number",
): { readonly wrong: string; readonly fix: string } | undefined {
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = limits;
  const wrong = "is out of range";
  if (!Number.isFinite(value)) return { wrong: "is not a finite number", fix: "Use a finite number." };
  if (value < min) return { wrong, fix: `Use ${show(min)} or more.` };
  if (value > max) return { wrong, fix: `Use ${show(max)} or less.` };
  if (value <= above) return { wrong, fix: `Use more than ${show(above)}.` };
  if (value >= below) return { wrong, fix: `Use less than ${show(below)}.` };
  if (!limits.whole || Number.isInteger(value)) return undefined;
  return { wrong: `is not ${whole}`, fix: `Round it, for example to ${show(Math.round(value))}.` };
}

function describeLimits(limits: NumberLimits, what: string, show: (limit: number) => string): string {
  const { min, max, above, below } = limits;
  if (min !== undefined && max !== undefined) return `${what} from ${show(min)} to ${show(max)}`;
  const bounds = [
    ...(min === undefined ? [] : [`of at least ${show(min)}`]),
    ...(above === undefined ? [] : [`greater than ${show(above)}`]),
    ...(max === undefined ? [] : [`up to ${show(max)}`]),
    ...(below === undefined ? [] : [`less than ${show(below)}`]),
  ];
  return [what, bounds.join(" and ")].join(" ").trim();
}

function quantity(canonical: (text: string) => string | undefined, examples: string): Check<string> {
  return (value, path, diagnostics) => {
    const parsed = typeof value === "string" || typeof value === "number" ? canonical(String(value)) : undefined;
    if (parsed !== undefined) return parsed;
    return reject("SLW007", value, path, diagnostics, {
      message: `${quote(value)} is not a valid quantity.`,
      allowed: `Kubernetes quantities such as ${examples}`,
      fix: `Use a quantity such as ${examples}.`,
    });
  };
}

/** CPU, in the canonical form of the API server. */
export const cpu = quantity(canonicalCpu, '"500m" or "2"');
/** Memory, in the canonical form of the API server. */
export const memory = quantity(canonicalMemory, '"512Mi" or "2Gi"');

/** The same up to a limit. */
export function memoryUpTo(limit: string): Check<string> {
  return (value, path, diagnostics) => {
    const parsed = memory(value, path, diagnostics);
    if (parsed === undefined || (memoryBytes(parsed) ?? 0) <= (memoryBytes(limit) ?? 0)) return parsed;
    return reject("SLW007", value, path, diagnostics, {
      message: `${quote(value)} is too large.`,
      allowed: `quantities up to "${limit}"`,
      fix: `Use at most "${limit}".`,
    });
  };
}

export const semver: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && value.length <= 64 && isSemver(value)) return value;
  const bare = String(typeof value === "string" ? value : "").replace(/^v/i, "");
  return reject("SLW009", value, path, diagnostics, {
    message: `${quote(value)} is not a valid semantic version.`,
    allowed: "MAJOR.MINOR.PATCH, such as 2.3.0 or 2.3.0-rc.1, at most 64 characters",
    fix: isSemver(bare) && bare !== value ? `Write "${bare}".` : "Use the exact version of the model, such as 2.3.0.",
  });
};

/** A date and time with a time zone, in ISO 8601. */
export const instant: Check<string> = (value, path, diagnostics) => {
  const isInstant =
    typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(value);
  if (isInstant) return value;
  return reject("SLW016", value, path, diagnostics, {
    message: `${quote(value)} is not a valid date and time.`,
    allowed: "ISO 8601 with a time zone, such as 2026-05-01T12:00:00Z",
    fix: "Use the evidence exactly as `slipway rehearse` wrote it.",
  });
};

export const sha256: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return value;
  const digits = typeof value === "string" ? /^(?:sha256:)?([0-9a-f]{64})$/i.exec(value)?.[1] : undefined;
  return reject("SLW011", value, path, diagnostics, {
    message: `${quote(value)} is not a valid SHA-256 digest.`,
    allowed: "64 lower-case hexadecimal digits",
    fix: digits === undefined ? "Compute it with `sha256sum model.onnx`." : `Write "${digits.toLowerCase()}".`,
  });
};

const MODEL_URI = new RegExp(CONTRACT.patterns.modelUri);

/** URI of a model file that the serving image can read. */
export const modelUri: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && MODEL_URI.test(value)) return value;
  return reject("SLW013", value, path, diagnostics, {
    message: `${quote(value)} is not a model URI that the serving image can read.`,
    allowed:
      "s3://…, gs://…, https://…, http://…, file://…, models:/… and mlflow-artifacts:/… (MLflow), oci:/… (a mounted OCI layout)",
    fix: "Use the URI of the model file, such as s3://models/recommender/2.3.0/model.onnx.",
  });
};

const PREDICT_PATH = new RegExp(CONTRACT.patterns.predictPath);

/** A path on which the server answers predictions, besides the paths of the protocol. */
export const predictPath: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && PREDICT_PATH.test(value)) return value;
  return reject("SLW017", value, path, diagnostics, {
    message: `${quote(value)} is not a valid predict path.`,
    allowed:
      'a path of letters, digits, "-", "_", ".", "~" and "/" that the server does not use itself (/v1, /v2, /health, …)',
    fix: "Use a path such as /predict.",
  });
};

/** Any object literal, unchanged. */
export const anyObject: Check<Record<string, unknown>> = (value, path, diagnostics) =>
  isPlainObject(value) ? value : wrongType(value, path, diagnostics, "an object");

/** The path of a URL. */
export const urlPath: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && /^\/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*$/.test(value)) return value;
  return reject("SLW018", value, path, diagnostics, {
    message: `${quote(value)} is not a valid URL path.`,
    allowed: 'a path that begins with "/", without host and query',
    fix: "Use a path such as /ready.",
  });
};
