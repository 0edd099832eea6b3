interface VersionLabels {
  readonly model: string;
  readonly version: string;
}

/** Counts values by bucket. Observing a value must be cheap, since it happens for every request. */
class Histogram {
  sum = 0;
  /** One count for each bound, and one for larger values. */
  private readonly counts: Float64Array;

  constructor(private readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds, counts } = this;
    let i = 0;
    while (i < bounds.length && value > (bounds[i] ?? 0)) i++;
    counts[i] = (counts[i] ?? 0) + 1;
    this.sum += value;
  }

  /** The number of values up to each bound, and finally the number of all values. */
  cumulated(): readonly number[] {
    let count = 0;
    return Array.from(this.counts, (one) => (count += one));
  }
}

/** The histograms of one metric, written in the Prometheus text format. */
export class HistogramFamily {
  private readonly series = new Map<string, Histogram>();

  constructor(
    private readonly name: string,
    private readonly help: string,
    private readonly bounds: readonly number[],
  ) {}

  /** Names of models and versions contain no characters that a label would have to escape. */
  of({ model, version }: VersionLabels): Histogram {
    const labels = `model="${model}",version="${version}"`;
    const histogram = this.series.get(labels) ?? new Histogram(this.bounds);
    this.series.set(labels, histogram);
    return histogram;
  }

  text(): string {
    const lines = [`# HELP ${this.name} ${this.help}`, `# TYPE ${this.name} histogram`];
    const ends = [...this.bounds.map(String), "+Inf"];
    for (const [labels, histogram] of this.series) {
      const counts = histogram.cumulated();
      ends.forEach((end, i) => lines.push(`${this.name}_bucket{le="${end}",${labels}} ${counts[i]}`));
      lines.push(`${this.name}_sum{${labels}} ${histogram.sum}`, `${this.name}_count{${labels}} ${counts.at(-1)}`);
    }
    return `${lines.join("\n")}\n`;
  }
}
