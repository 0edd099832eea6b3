import type { FailedSide, UnpairedReason } from "./comparison-metrics";
import type { Difference } from "./difference";
import type { PredictionRecord } from "./prediction-record";

/** The results for one output so far. */
interface OutputTally {
  compared: number;
  agreed: number;
  /** Pairs with a numeric difference, and the sum of these differences. */
  measured: number;
  sum: number;
  largest: number;
}

/** The results of this replica so far, for people to read. */
export class ComparisonReport {
  private readonly outputs = new Map<string, OutputTally>();
  private readonly failures: Partial<Record<FailedSide, number>> = {};
  private readonly reasons: Partial<Record<UnpairedReason, number>> = {};
  private readonly liveVersions = new Map<string, number>();
  private readonly shadowVersions = new Map<string, number>();
  private readonly seconds = { live: 0, shadow: 0 };
  private pairs = 0;
  private comparisons = 0;
  private agreed = 0;

  paired(live: PredictionRecord, shadow: PredictionRecord): void {
    this.pairs++;
    this.seconds.live += live.seconds;
    this.seconds.shadow += shadow.seconds;
    for (const [counts, { version }] of [[this.liveVersions, live] as const, [this.shadowVersions, shadow] as const]) {
      counts.set(version, (counts.get(version) ?? 0) + 1);
    }
  }

  compared(agrees: boolean): void {
    this.comparisons++;
    if (agrees) this.agreed++;
  }

  output(name: string, { agrees, size }: Difference): Readonly<OutputTally> {
    const tally = this.outputs.get(name) ?? { compared: 0, agreed: 0, measured: 0, sum: 0, largest: 0 };
    this.outputs.set(name, tally);
    tally.compared++;
    if (agrees) tally.agreed++;
    if (size !== undefined) {
      tally.measured++;
      tally.sum += size;
      tally.largest = Math.max(tally.largest, size);
    }
    return tally;
  }

  failed(side: FailedSide): void {
    this.failures[side] = (this.failures[side] ?? 0) + 1;
  }

  skipped(reason: UnpairedReason): void {
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
  }

  toJson(): object {
    const { live, shadow } = this.seconds;
    return {
      live_versions: Object.fromEntries(this.liveVersions),
      shadow_versions: Object.fromEntries(this.shadowVersions),
      pairs: this.comparisons,
      agreed: this.agreed,
      agreement: ratio(this.agreed, this.comparisons),
      outputs: [...this.outputs].map(([name, tally]) => ({
        name,
        compared: tally.compared,
        agreed: tally.agreed,
        agreement: ratio(tally.agreed, tally.compared),
        mean_difference: ratio(tally.sum, tally.measured),
        largest_difference: tally.measured === 0 ? null : tally.largest,
      })),
      errors: this.failures,
      unpaired: this.reasons,
      mean_seconds: { live: ratio(live, this.pairs), shadow: ratio(shadow, this.pairs) },
      latency_ratio: ratio(shadow, live),
    };
  }
}

/** Null if nothing was counted. */
function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
