const SUM_SUFFIX = /_sum$/;

/** What was added to one series. */
interface Totals {
  count: number;
  sum: number;
}

/**
 * Sums of values, as a summary without quantiles: only the names of summaries and histograms may end with `_sum`, which
 * Prometheus' own check enforces.
 */
export class SummaryFamily {
  private readonly name: string;
  private readonly series = new Map<string, Totals>();

  /** @param sumName the name of the sum, which ends with `_sum` */
  constructor(
    sumName: string,
    private readonly help: string,
  ) {
    this.name = sumName.replace(SUM_SUFFIX, "");
  }

  add(labels: Readonly<Record<string, string>>, { count, sum }: Readonly<Totals>): void {
    const key = Object.entries(labels)
      .map(([name, value]) => `${name}="${escaped(value)}"`)
      .join(",");
    const totals = this.series.get(key) ?? { count: 0, sum: 0 };
    totals.count += count;
    totals.sum += sum;
    this.series.set(key, totals);
  }

  text(): string {
    const lines = [`# HELP ${this.name} ${this.help}`, `# TYPE ${this.name} summary`];
    for (const [labels, { count, sum }] of this.series) {
      lines.push(`${this.name}_sum{${labels}} ${sum}`, `${this.name}_count{${labels}} ${count}`);
    }
    return `${lines.join("\n")}\n`;
  }
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
