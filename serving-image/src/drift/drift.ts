import { Counter, Gauge, type Registry } from "prom-client";
import { contract } from "../core/contract";
import type { Log } from "../core/log";
import type { Seen, Witness } from "../observability/instrument";
import type { Tensors } from "../protocol/datatypes";
import { Bins, labelsOf } from "./bins";
import { figuresOf } from "./figure";
import type { Baseline, Feature } from "./settings";

/** A feature, and how often its values fell into each bin. */
interface Counted {
  readonly feature: Feature;
  readonly bins: Bins;
}

interface Counts {
  readonly features: readonly Counted[];
  readonly predictions: readonly Counted[];
}

/** Counts inputs and predictions in the bins of the baseline, so that a drift away from it is seen. */
export class Drift implements Witness {
  private readonly byVersion = new Map<string, Counts>();
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
    const counted = (part: keyof Counts) => () => this.byVersionOf(part);
    countBins(
      registry,
      { name: metrics.featureBin, help: "Values of inputs in each bin.", label: "feature" },
      model,
      counted("features"),
    );
    countBins(
      registry,
      { name: metrics.predictionBin, help: "Values of outputs in each bin.", label: "output" },
      model,
      counted("predictions"),
    );
    tellExpected(registry, metrics.featureExpected, "feature", model, features);
    tellExpected(registry, metrics.predictionExpected, "output", model, predictions);
  }

  /** Series at 0 before the first request. */
  prepare(version: string): Counts {
    const start = (features: readonly Feature[]) => features.map((feature) => ({ feature, bins: new Bins(feature) }));
    const { features, predictions } = this.baseline;
    const counts = this.byVersion.get(version) ?? { features: start(features), predictions: start(predictions) };
    this.byVersion.set(version, counts);
    return counts;
  }

  saw({ model, version, prediction }: Seen): void {
    if (model !== this.model || !prediction || Math.random() >= this.sample) return;
    setImmediate(() => {
      const { features, predictions } = this.prepare(version);
      this.count(features, prediction.request.inputs);
      this.count(predictions, prediction.outputs, prediction.request.outputs);
    });
  }

  /** @param asked the tensors that are there only if they were asked for */
  private count(counted: readonly Counted[], tensors: Tensors, asked?: readonly string[]): void {
    for (const { feature, bins } of counted) {
      const tensor = tensors[feature.tensor];
      if (tensor) for (const figure of figuresOf(tensor, feature.of)) bins.add(figure);
      else if (!asked || asked.includes(feature.tensor)) this.warn(feature);
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

  private *byVersionOf(part: keyof Counts): Iterable<readonly [version: string, counted: Counted]> {
    for (const [version, counts] of this.byVersion) for (const counted of counts[part]) yield [version, counted];
  }
}

interface Family {
  readonly name: string;
  readonly help: string;
  readonly label: string;
}

function countBins(
  registry: Registry,
  { name, help, label }: Family,
  model: string,
  counts: () => Iterable<readonly [version: string, counted: Counted]>,
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

function tellExpected(
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
