import type { GatewayWindow } from "../gateway-counts";

/** A value at each moment of the series; `null` where there was none. */
export type Column = readonly (number | null)[];

/** What one line a track shows. */
export interface TrackColumns {
  readonly stable: Column;
  readonly canary: Column;
}

/** The course of a rehearsal, column by column, ready to be drawn. */
export interface Series {
  /** Seconds on the rollout's clock. */
  readonly at: readonly number[];
  /** Percent of the requests for the canary. */
  readonly weight: Column;
  /** Seconds, over the last few real seconds. */
  readonly p95: TrackColumns;
  /** Shares, over the last few real seconds. */
  readonly errorRate: TrackColumns;
  /** By gate: the logarithm of the evidence of harm. */
  readonly evidence: Readonly<Record<string, Column>>;
  /** By gate: the evidence at which it fails. */
  readonly limits: Readonly<Record<string, number>>;
  /** By metric: the means since the start. */
  readonly metrics: Readonly<Record<string, TrackColumns>>;
}

/** One moment of a rehearsal. */
export interface Moment {
  readonly at: number;
  readonly weight: number;
  readonly stable: GatewayWindow;
  readonly canary: GatewayWindow;
  readonly gates: readonly { readonly gate: string; readonly logEvidence: number; readonly logLimit: number }[];
  readonly metrics: Readonly<Record<string, { readonly stable?: number; readonly canary?: number }>>;
}

const MOST = 1200;

/** Collects moments; a long rehearsal is kept more coarsely, not longer. */
export class SeriesRecorder {
  private moments: Moment[] = [];
  private taken = 0;
  private every = 1;

  add(moment: Moment): void {
    if (this.taken++ % this.every === 0) this.moments.push(moment);
    if (this.moments.length <= MOST) return;
    this.moments = this.moments.filter((_, index) => index % 2 === 0);
    this.every *= 2;
  }

  series(): Series {
    const { moments } = this;
    const column = (read: (moment: Moment) => number | undefined): Column =>
      moments.map((moment) => read(moment) ?? null);
    const both = (read: (moment: Moment, side: "stable" | "canary") => number | undefined): TrackColumns => ({
      stable: column((moment) => read(moment, "stable")),
      canary: column((moment) => read(moment, "canary")),
    });
    const gate = (moment: Moment, id: string) => moment.gates.find((each) => each.gate === id);
    const gates = [...new Set(moments.flatMap((moment) => moment.gates.map((each) => each.gate)))];
    const metrics = [...new Set(moments.flatMap((moment) => Object.keys(moment.metrics)))];
    return {
      at: moments.map((moment) => moment.at),
      weight: column((moment) => moment.weight),
      p95: both((moment, side) => moment[side].p95),
      errorRate: both((moment, side) => moment[side].errorRate),
      evidence: Object.fromEntries(gates.map((id) => [id, column((moment) => gate(moment, id)?.logEvidence)])),
      limits: Object.fromEntries(
        gates.map((id) => [
          id,
          moments.map((moment) => gate(moment, id)?.logLimit).find((limit) => limit !== undefined) ?? 0,
        ]),
      ),
      metrics: Object.fromEntries(metrics.map((name) => [name, both((moment, side) => moment.metrics[name]?.[side])])),
    };
  }
}
