/** A share as people write it: `0.001` is `0.1 %`. */
export function formatPercent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
