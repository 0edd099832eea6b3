import { sixDigits } from "./six-digits";

/** A share as people write it: `0.001` is `0.1 %`. */
export function formatPercent(share: number): string {
  return `${sixDigits(share * 100)} %`;
}
