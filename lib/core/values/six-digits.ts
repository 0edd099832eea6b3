/** A number that was computed, without the last digits, in which doubles differ from what people reckon: 0.033, not 0.033000000000000002. */
export function sixDigits(value: number): number {
  return Number(value.toPrecision(6));
}
