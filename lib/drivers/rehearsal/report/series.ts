import type { Estimate } from "./estimate";
import type { GatewayWindow } from "../gateway/gateway-counts";

/** A value at each moment of the series; `null` where there was none. */
export type Column = readonly (number | null)[];

/** One line for each track, by track name. */
export type TrackColumns = Readonly<Record<string, Column>>;

/** The estimates of a metric over time: its mean, and the bounds of the interval around it. */
export interface EstimateColumns {
  readonly mean: TrackColumns;
  readonly low: TrackColumns;
  readonly high: TrackColumns;
}

/** The course of a rehearsal, column by column, ready to be drawn. */
export interface Series {
  /** Seconds on the rollout's clock. */
  readonly at: readonly number[];
  /** Percents of the requests. */
  readonly weight: TrackColumns;
  /** Percents of the requests of which copies were made. */
  readonly mirror: TrackColumns;
  /** Seconds, over the last few real seconds. */
  readonly p95: TrackColumns;
  /** Shares, over the last few real seconds. */
  readonly errorRate: TrackColumns;
  /** By gate: the logarithm of the evidence of harm. */
  readonly evidence: Readonly<Record<string, Column>>;
  /** By gate: the evidence at which it fails. */
  readonly limits: Readonly<Record<string, number>>;
  /** By metric: what was known of its means since the start. */
  readonly metrics: Readonly<Record<string, EstimateColumns>>;
}

/** One track at one moment. */
export interface TrackMoment extends GatewayWindow {
  readonly weight: number;
  readonly mirror: number;
  readonly estimates: Readonly<Record<string, Estimate>>;
}

/** One moment of a rehearsal. */
export interface Moment {
  readonly at: number;
  readonly tracks: Readonly<Record<string, TrackMoment>>;
  readonly gates: readonly { readonly gate: string; readonly logEvidence: number; readonly logLimit: number }[];
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
    const tracks = [...new Set(moments.flatMap((moment) => Object.keys(moment.tracks)))];
    const each = (read: (track: TrackMoment) => number | undefined): TrackColumns =>
      Object.fromEntries(
        tracks.map((name) => [name, column(({ tracks: { [name]: track } }) => (track ? read(track) : undefined))]),
      );
    const gate = (moment: Moment, id: string) => moment.gates.find((one) => one.gate === id);
    const gates = [...new Set(moments.flatMap((moment) => moment.gates.map((one) => one.gate)))];
    const limit = (id: string) => moments.map((moment) => gate(moment, id)?.logLimit).find((one) => one !== undefined);
    return {
      at: moments.map((moment) => moment.at),
      weight: each(({ weight }) => weight),
      mirror: each(({ mirror }) => mirror),
      p95: each(({ p95 }) => p95),
      errorRate: each(({ errorRate }) => errorRate),
      evidence: Object.fromEntries(gates.map((id) => [id, column((moment) => gate(moment, id)?.logEvidence)])),
      limits: Object.fromEntries(gates.map((id) => [id, limit(id) ?? 0])),
      metrics: Object.fromEntries(
        metricNames(moments).map((name) => {
          const estimate = (what: "mean" | "low" | "high") => each(({ estimates }) => estimates[name]?.[what]);
          return [name, { mean: estimate("mean"), low: estimate("low"), high: estimate("high") }];
        }),
      ),
    };
  }
}

function metricNames(moments: readonly Moment[]): string[] {
  const tracks = moments.flatMap((moment) => Object.values(moment.tracks));
  return [...new Set(tracks.flatMap(({ estimates }) => Object.keys(estimates)))];
}
