const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi"] as const;
const DECIMAL = ["", "k", "M", "G", "T", "P"] as const;
/** No pod has a thousand CPUs: above that a unit was forgotten, and the API server would write `1k`. */
const MAX_CPU_MILLIS = 999_999;

/** A whole number in the canonical form of the API server: 1000 becomes `"1k"`. */
export function canonicalCount(whole: number): string {
  return withLargestUnit(whole, 1000, DECIMAL);
}

/** CPU in the canonical form of the API server: `"1000m"` becomes `"1"`, `"0.5"` becomes `"500m"`. `undefined` if not valid. */
export function canonicalCpu(text: string): string | undefined {
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(text);
  if (!match) return undefined;
  const millis = match[2] === "m" ? Number(match[1]) : Number(match[1]) * 1000;
  const whole = Math.round(millis);
  if (whole <= 0 || whole > MAX_CPU_MILLIS || Math.abs(whole - millis) > 1e-6) return undefined;
  return whole % 1000 === 0 ? String(whole / 1000) : `${whole}m`;
}

/** Millicores of a canonical CPU quantity. */
export function cpuMillis(canonical: string): number {
  return canonical.endsWith("m") ? Number(canonical.slice(0, -1)) : Number(canonical) * 1000;
}

/** Memory in the canonical form of the API server: `"1024Mi"` becomes `"1Gi"`, `"1000M"` `"1G"`. `undefined` if not valid. */
export function canonicalMemory(text: string): string | undefined {
  const bytes = memoryBytes(text);
  if (bytes === undefined) return undefined;
  return bytes % 1024 === 0 ? withLargestUnit(bytes, 1024, BINARY) : withLargestUnit(bytes, 1000, DECIMAL);
}

/** Bytes of a memory quantity such as `"512Mi"` or `"1G"`. */
export function memoryBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$/.exec(text);
  if (!match) return undefined;
  const unit = match[2] ?? "";
  const [base, units]: [number, readonly string[]] = unit.endsWith("i") ? [1024, BINARY] : [1000, DECIMAL];
  const bytes = Number(match[1]) * base ** units.indexOf(unit);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/** The number with the largest unit that keeps it whole. */
function withLargestUnit(whole: number, base: number, units: readonly string[]): string {
  let [rest, power] = [whole, 0];
  while (rest % base === 0 && power < units.length - 1) [rest, power] = [rest / base, power + 1];
  return `${rest}${units[power]}`;
}
