const SMALLEST_NORMAL = 2 ** -14;
/** Halfway between the largest 16-bit float and the next power of two: from here on, numbers are rounded to infinity. */
const ROUNDED_TO_INFINITY = 65_520;
/** The largest number that is rounded to a finite 16-bit float. */
export const LARGEST_FP16 = ROUNDED_TO_INFINITY - 2 ** -37;

/** Decodes a 16-bit float. */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Encodes a number as the nearest 16-bit float; halfway between two, as the even one. */
export function numberToFloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= ROUNDED_TO_INFINITY) return sign | 0x7c00;
  if (size < SMALLEST_NORMAL) return sign | roundToEven(size * 2 ** 24);
  const exponent = 31 - Math.clz32(size / SMALLEST_NORMAL);
  // The leading bit of the fraction, and a carry from rounding, add to the exponent.
  return sign | ((exponent << 10) + roundToEven((size / SMALLEST_NORMAL / 2 ** exponent) * 1024));
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
