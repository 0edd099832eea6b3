import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { contract } from "../core/contract";
import type { Difference } from "./difference";

/** Why a request of the shadow was not compared with the live one. */
export const UNPAIRED_REASONS = [
  /** The live servers had no answer to it in time, or nobody had asked them yet. */
  "no_live_answer",
  /** It has no id by which the other could be found. */
  "no_request_id",
  /** Too many waited for the live answers. */
  "no_room",
  /** The live request of this id had other inputs. */
  "other_inputs",
  /** One of the predictions is too large to be kept. */
  "too_large",
  /** Both sides refused it: nothing was predicted. */
  "refused",
] as const;
export type UnpairedReason = (typeof UNPAIRED_REASONS)[number];

export const SIDES = ["live", "shadow"] as const;
export type Side = (typeof SIDES)[number];
/** Who failed, of a pair that could not be compared. */
export const FAILED_SIDES = [...SIDES, "both"] as const;
export type FailedSide = (typeof FAILED_SIDES)[number];

const AGREES = [true, false];

/** The metrics of a shadow, by its own model and version. */
export class ComparisonMetrics {
  private readonly families;
  private readonly known = new Set<string>();

  constructor(registry: Registry, durationBuckets: readonly number[], waiting: () => number) {
    this.families = createFamilies(registry, durationBuckets, waiting);
    this.asked(0, 0);
  }

  /** Series at 0 before the first request: rates need a series that is there. */
  prepare(model: string, version: string): void {
    const key = `${model} ${version}`;
    if (this.known.has(key)) return;
    this.known.add(key);
    const { pairs, unpaired, errors, duration } = this.families;
    for (const agrees of AGREES) pairs.inc({ model, version, agrees: String(agrees) }, 0);
    for (const reason of UNPAIRED_REASONS) unpaired.inc({ model, version, reason }, 0);
    for (const side of FAILED_SIDES) errors.inc({ model, version, side }, 0);
    for (const side of SIDES) duration.zero({ model, version, side });
  }

  paired(model: string, version: string, seconds: Readonly<Record<Side, number>>): void {
    for (const side of SIDES) this.families.duration.observe({ model, version, side }, seconds[side]);
  }

  compared(model: string, version: string, agrees: boolean): void {
    this.families.pairs.inc({ model, version, agrees: String(agrees) });
  }

  output(model: string, version: string, output: string, { agrees, size }: Difference, largest: number): void {
    const labels = { model, version, output };
    for (const either of AGREES) {
      this.families.outputs.inc({ ...labels, agrees: String(either) }, either === agrees ? 1 : 0);
    }
    if (size === undefined) return;
    this.families.difference.observe(labels, size);
    this.families.largest.set(labels, largest);
  }

  failed(model: string, version: string, side: FailedSide): void {
    this.families.errors.inc({ model, version, side });
  }

  unpaired(model: string, version: string, reason: UnpairedReason): void {
    this.families.unpaired.inc({ model, version, reason });
  }

  asked(answered: number, failures: number): void {
    this.families.asks.inc({ outcome: "answered" }, answered);
    this.families.asks.inc({ outcome: "failed" }, failures);
  }
}

/** How many predictions a live server keeps for those who compare. */
export function countKept(registry: Registry, size: () => number): void {
  new Gauge({
    name: contract.metrics.comparisonKept,
    help: "Predictions that are kept for shadows to compare theirs with.",
    registers: [registry],
    collect() {
      this.set(size());
    },
  });
}

function createFamilies(registry: Registry, durationBuckets: readonly number[], waiting: () => number) {
  const { metrics, buckets } = contract;
  const registers = [registry];
  const byVersion = ["model", "version"];
  const counter = (name: string, help: string, ...labels: string[]): Counter =>
    new Counter({ name, help, labelNames: labels, registers });
  new Gauge({
    name: metrics.comparisonWaiting,
    help: "Requests that wait for the live prediction to be compared with.",
    registers,
    collect() {
      this.set(waiting());
    },
  });
  return {
    pairs: counter(metrics.comparisonPairs, "Requests whose predictions were compared.", ...byVersion, "agrees"),
    outputs: counter(metrics.comparisonOutputs, "Outputs that were compared.", ...byVersion, "output", "agrees"),
    unpaired: counter(metrics.comparisonUnpaired, "Requests that were not compared, by why.", ...byVersion, "reason"),
    errors: counter(metrics.comparisonErrors, "Pairs of which a side had no prediction.", ...byVersion, "side"),
    asks: counter(metrics.comparisonAsks, "Questions to the live servers, by how they went.", "outcome"),
    duration: new Histogram({
      name: metrics.comparisonDuration,
      help: "Time in the server of the requests that were paired, on either side.",
      labelNames: [...byVersion, "side"],
      buckets: [...durationBuckets],
      registers,
    }),
    difference: new Histogram({
      name: metrics.comparisonDifference,
      help: "Largest difference within an output: of numbers; of anything else the share of elements that differ.",
      labelNames: [...byVersion, "output"],
      buckets: [...buckets.difference],
      registers,
    }),
    largest: new Gauge({
      name: metrics.comparisonLargest,
      help: "Largest difference within an output since the start.",
      labelNames: [...byVersion, "output"],
      registers,
    }),
  };
}
