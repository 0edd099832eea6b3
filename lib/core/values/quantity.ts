const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi"] as const;
const DECIMAL: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 };

/** CPU in the form that the API server keeps: `"1000m"` and `1` become `"1"`, `"0.5"` becomes `"500m"`. `undefined` if it is none. */
export function canonicalCpu(text: string): string | undefined {
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(text);
  if (!match) return undefined;
  const millis = match[2] === "m" ? Number(match[1]) : Number(match[1]) * 1000;
  const whole = Math.round(millis);
  if (whole <= 0 || Math.abs(whole - millis) > 1e-6) return undefined;
  return whole % 1000 === 0 ? String(whole / 1000) : `${whole}m`;
}

/** Thousandths of a CPU in a canonical quantity. */
export function cpuMillis(canonical: string): number {
  return canonical.endsWith("m") ? Number(canonical.slice(0, -1)) : Number(canonical) * 1000;
}

/** Memory in the form that the API server keeps: `"1024Mi"` becomes `"1Gi"`. `undefined` if it is none. */
export function canonicalMemory(text: string): string | undefined {
  const bytes = memoryBytes(text);
  if (bytes === undefined) return undefined;
  let value = bytes;
  let power = 0;
  while (value % 1024 === 0 && power < BINARY.length - 1) {
    value /= 1024;
    power += 1;
  }
  return `${value}${BINARY[power]}`;
}

/** Bytes of a memory quantity such as `"512Mi"` or `"1G"`. */
export function memoryBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$/.exec(text);
  if (!match) return undefined;
  const unit = match[2] ?? "";
  const power = BINARY.indexOf(unit as (typeof BINARY)[number]);
  const bytes = Number(match[1]) * (power >= 0 ? 1024 ** power : (DECIMAL[unit] as number));
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/** A whole number in the form that the API server keeps: 1000 is `"1k"`. */
export function canonicalCount(count: number): string {
  const [unit, size] = Object.entries(DECIMAL).findLast(([, each]) => count > 0 && count % each === 0) ?? ["", 1];
  return `${count / size}${unit}`;
}
