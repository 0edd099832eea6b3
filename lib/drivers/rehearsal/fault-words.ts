import { formatElapsed, formatLatency, formatPercent } from "../../core/format";
import type { Fault } from "./settings";

/** What a fault does to which track, from when on. */
export function faultWords({ track, latency, errors, wrong, strays, crash, at }: Fault): string {
  const parts = [
    ...(latency === undefined ? [] : [`${formatLatency(latency)} slower`]),
    ...(errors === undefined ? [] : [`${formatPercent(errors)} errors`]),
    ...(wrong === undefined ? [] : [`${formatPercent(wrong)} wrong`]),
    ...(strays === undefined ? [] : [`${formatPercent(strays)} astray`]),
    ...(crash ? ["crash"] : []),
  ];
  return `${track}: ${parts.join(", ")}, from ${formatElapsed(at)}`;
}
