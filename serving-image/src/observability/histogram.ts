interface VersionLabels {
  readonly model: string;
  readonly version: string;
}

/** How often values fell under each bound: adding one to it costs next to nothing, for it happens with every request. */
export class Histogram {
  sum = 0;
  /** One for each bound, and one for what is above all. */
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

  /** How many values were at most each bound, and at the end how many there were. */
  cumulated(): readonly number[] {
    let count = 0;
    return Array.from(this.counts, (one) => (count += one));
  }
}

/** The histograms of one name, written as Prometheus reads them. */
export class HistogramFamily {
  private readonly series = new Map<string, Histogram>();

  constructor(
    private readonly name: string,
    private readonly help: string,
    private readonly bounds: readonly number[],
  ) {}

  /** Names of models and versions hold nothing that a label would have to escape. */
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
