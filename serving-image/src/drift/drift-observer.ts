import { Counter, Gauge, type Registry } from "prom-client";
import { contract } from "../core/contract";
import type { Log } from "../core/log";
import type { ObservedRequest, RequestObserver } from "../observability/instrument";
import type { Tensors } from "../protocol/datatypes";
import { Bins, labelsOf } from "./bins";
import { featureValuesOf } from "./feature-values";
import type { Baseline, Feature } from "./settings";

/** A feature and the counts of its bins. */
interface BinnedFeature {
  readonly feature: Feature;
  readonly bins: Bins;
}

interface BinnedFeatures {
  readonly features: readonly BinnedFeature[];
  readonly predictions: readonly BinnedFeature[];
}

/** Counts inputs and predictions in the bins of the baseline, so that drift becomes visible. */
export class DriftObserver implements RequestObserver {
  private readonly byVersion = new Map<string, BinnedFeatures>();
  private readonly unknown = new Set<string>();

  constructor(
    private readonly model: string,
    private readonly baseline: Baseline,
    private readonly sample: number,
    registry: Registry,
    private readonly log: Log,
  ) {
    const { metrics } = contract;
    const { features, predictions } = baseline;
    const binsOf = (part: keyof BinnedFeatures) => () => this.byVersionOf(part);
    registerBinCounts(
      registry,
      { name: metrics.featureBin, help: "Values of inputs in each bin.", label: "feature" },
      model,
      binsOf("features"),
    );
    registerBinCounts(
      registry,
      { name: metrics.predictionBin, help: "Values of outputs in each bin.", label: "output" },
      model,
      binsOf("predictions"),
    );
    registerExpectedShares(registry, metrics.featureExpected, "feature", model, features);
    registerExpectedShares(registry, metrics.predictionExpected, "output", model, predictions);
  }

  /** Initializes the series to 0 before the first request. */
  prepare(version: string): BinnedFeatures {
    const start = (features: readonly Feature[]) => features.map((feature) => ({ feature, bins: new Bins(feature) }));
    const { features, predictions } = this.baseline;
    const counts = this.byVersion.get(version) ?? { features: start(features), predictions: start(predictions) };
    this.byVersion.set(version, counts);
    return counts;
  }

  onRequest({ model, version, prediction }: ObservedRequest): void {
    if (model !== this.model || !prediction || Math.random() >= this.sample) return;
    setImmediate(() => {
      const { features, predictions } = this.prepare(version);
      this.count(features, prediction.request.inputs);
      this.count(predictions, prediction.outputs, prediction.request.outputs);
    });
  }

  /** @param requested names of the requested tensors, if only these are present */
  private count(binned: readonly BinnedFeature[], tensors: Tensors, requested?: readonly string[]): void {
    for (const { feature, bins } of binned) {
      const tensor = tensors[feature.tensor];
      if (tensor) for (const value of featureValuesOf(tensor, feature.of)) bins.add(value);
      else if (!requested || requested.includes(feature.tensor)) this.warn(feature);
    }
  }

  private warn({ name, tensor }: Feature): void {
    if (this.unknown.has(name)) return;
    this.unknown.add(name);
    this.log.warn(
      { model: this.model, feature: name, tensor },
      "the baseline names a tensor that the model does not have",
    );
  }

  private *byVersionOf(part: keyof BinnedFeatures): Iterable<readonly [version: string, binned: BinnedFeature]> {
    for (const [version, counts] of this.byVersion) for (const binned of counts[part]) yield [version, binned];
  }
}

interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly label: string;
}

function registerBinCounts(
  registry: Registry,
  { name, help, label }: MetricFamily,
  model: string,
  counts: () => Iterable<readonly [version: string, binned: BinnedFeature]>,
): void {
  new Counter({
    name,
    help,
    labelNames: ["model", "version", label, "bin"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [version, { feature, bins }] of counts()) {
        labelsOf(feature).forEach((bin, i) =>
          this.inc({ model, version, [label]: feature.name, bin }, bins.counts[i] ?? 0),
        );
      }
    },
  });
}

function registerExpectedShares(
  registry: Registry,
  name: string,
  label: string,
  model: string,
  features: readonly Feature[],
): void {
  const gauge = new Gauge({
    name,
    help: "Share expected in each bin.",
    labelNames: ["model", label, "bin"],
    registers: [registry],
  });
  for (const feature of features) {
    labelsOf(feature).forEach((bin, i) => gauge.set({ model, [label]: feature.name, bin }, feature.shares[i] ?? 0));
  }
}
