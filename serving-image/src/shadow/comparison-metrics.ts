import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { contract } from "../core/contract";
import type { Difference } from "./difference";

/** Why a request of the shadow was not compared. */
const UNPAIRED_REASONS = [
  /** The live servers had no record of it in time, or were not polled yet. */
  "no_live_answer",
  /** It has no request id. */
  "no_request_id",
  /** Too many requests were pending. */
  "no_room",
  /** The live request with this id had other inputs. */
  "other_inputs",
  /** One of the predictions is too large to keep. */
  "too_large",
  /** Both sides rejected it, so there is no prediction. */
  "refused",
] as const;
export type UnpairedReason = (typeof UNPAIRED_REASONS)[number];

const SIDES = ["live", "shadow"] as const;
type Side = (typeof SIDES)[number];
/** The side that failed, of a pair that could not be compared. */
const FAILED_SIDES = [...SIDES, "both"] as const;
export type FailedSide = (typeof FAILED_SIDES)[number];

const AGREES = [true, false];

/** The metrics of a shadow, by model and version of the shadow. */
export class ComparisonMetrics {
  private readonly families;
  private readonly known = new Set<string>();

  constructor(registry: Registry, durationBuckets: readonly number[], waiting: () => number) {
    this.families = createFamilies(registry, durationBuckets, waiting);
    this.polled(0, 0);
  }

  /** Initializes the series to 0, since rate() needs a series that exists before the first request. */
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

  polled(answered: number, failures: number): void {
    this.families.asks.inc({ outcome: "answered" }, answered);
    this.families.asks.inc({ outcome: "failed" }, failures);
  }
}

/** Registers the number of predictions that a live server keeps for its shadows. */
export function registerKeptGauge(registry: Registry, size: () => number): void {
  new Gauge({
    name: contract.metrics.comparisonKept,
    help: "Predictions that are kept for shadows to compare.",
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
    help: "Requests that wait for the live prediction.",
    registers,
    collect() {
      this.set(waiting());
    },
  });
  return {
    pairs: counter(metrics.comparisonPairs, "Requests whose predictions were compared.", ...byVersion, "agrees"),
    outputs: counter(metrics.comparisonOutputs, "Outputs that were compared.", ...byVersion, "output", "agrees"),
    unpaired: counter(
      metrics.comparisonUnpaired,
      "Requests that were not compared, by reason.",
      ...byVersion,
      "reason",
    ),
    errors: counter(metrics.comparisonErrors, "Pairs without a prediction on one side, by side.", ...byVersion, "side"),
    asks: counter(metrics.comparisonAsks, "Polls of the live servers, by outcome.", "outcome"),
    duration: new Histogram({
      name: metrics.comparisonDuration,
      help: "Time in the server of paired requests, by side.",
      labelNames: [...byVersion, "side"],
      buckets: [...durationBuckets],
      registers,
    }),
    difference: new Histogram({
      name: metrics.comparisonDifference,
      help: "Largest difference within an output of floats; for other datatypes the share of elements that differ.",
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
