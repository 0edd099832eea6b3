import type { Gate } from "../../strategies/gate";
import { describeGate } from "../../strategies/gates/describe";

/** What users are promised, in base units; a promise that was not made is missing. */
export interface Objectives {
  readonly latencySeconds?: number;
  readonly errorRate?: number;
}

/** The objectives among some gates. */
export function objectivesOf(gates: readonly Gate[]): Objectives {
  const latency = gates.find((gate) => gate.kind === "latency-objective");
  const errors = gates.find((gate) => gate.kind === "error-rate-objective");
  return {
    ...(latency && { latencySeconds: latency.limitSeconds }),
    ...(errors && { errorRate: errors.limit }),
  };
}

/** The smallest difference of latencies, in milliseconds, that no gate notices; 0 where no gate judges latency. */
export function negligibleLatencyMs(gates: readonly Gate[]): number {
  const floors = gates.map((gate) => (gate.kind === "latency-comparison" ? gate.floorSeconds : Infinity));
  const least = Math.min(...floors, objectivesOf(gates).latencySeconds ?? Infinity);
  return Number.isFinite(least) ? (least * 1000) / 5 : 0;
}

/** A track as a label names it. */
interface NamedTrack {
  readonly name: string;
  readonly version: string;
}

/**
 * A short label for each gate, by the id under which its evidence is reported. With several candidates that id begins with
 * the candidate's name.
 */
export function gateLabels(
  gates: readonly Gate[],
  baseline: NamedTrack,
  candidates: readonly NamedTrack[],
): Readonly<Record<string, string>> {
  const entries = gates.flatMap((gate): [string, string][] => {
    const label = describeGate(gate, baseline.version);
    return [
      [gate.id, label],
      ...candidates.map(({ name, version }): [string, string] => [`${name} ${gate.id}`, `${version}: ${label}`]),
    ];
  });
  return Object.fromEntries(entries);
}
