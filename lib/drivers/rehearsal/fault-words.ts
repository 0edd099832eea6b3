import { formatMilliseconds, formatTime } from "./figures";
import type { Fault } from "./settings";

/** What a fault does to which track, from when on. */
export function faultWords({ track, latency, errors, wrong, strays, crash, at }: Fault): string {
  const parts = [
    ...(latency === undefined ? [] : [`${formatMilliseconds(latency * 1000)} slower`]),
    ...(errors === undefined ? [] : [`${percent(errors)} errors`]),
    ...(wrong === undefined ? [] : [`${percent(wrong)} wrong`]),
    ...(strays === undefined ? [] : [`${percent(strays)} astray`]),
    ...(crash ? ["crash"] : []),
  ];
  return `${track}: ${parts.join(", ")}, from ${formatTime(at)}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
