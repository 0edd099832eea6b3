import { formatMilliseconds, formatShare, formatTime } from "./figures";
import type { Fault } from "./settings";

/** What a fault does to which track, from when on. */
export function faultWords({ track, latency, errors, crash, at }: Fault): string {
  const parts = [
    ...(latency === undefined ? [] : [`${formatMilliseconds(latency * 1000)} slower`]),
    ...(errors === undefined ? [] : [`${formatShare(errors)} errors`]),
    ...(crash ? ["crash"] : []),
  ];
  return `${track}: ${parts.join(", ")}, from ${formatTime(at)}`;
}
