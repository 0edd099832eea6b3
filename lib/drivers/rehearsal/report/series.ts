import type { Estimate } from "./estimate";
import type { GatewayWindow } from "../gateway/gateway-counts";

/** A value for each point in time; `null` where there was none. */
export type Column = readonly (number | null)[];

/** A column for each track, by track name. */
export type TrackColumns = Readonly<Record<string, Column>>;

/** The estimates of a metric over time: its mean and the bounds of its interval. */
export interface EstimateColumns {
  readonly mean: TrackColumns;
  readonly low: TrackColumns;
  readonly high: TrackColumns;
}

/** A rehearsal over time, in columns for the charts. */
export interface Series {
  /** Seconds on the rollout's clock. */
  readonly at: readonly number[];
  /** Percentage of the requests. */
  readonly weight: TrackColumns;
  /** Percentage of the requests that were mirrored. */
  readonly mirror: TrackColumns;
  /** Seconds, over the last few real seconds. */
  readonly p95: TrackColumns;
  /** Shares, over the last few real seconds. */
  readonly errorRate: TrackColumns;
  /** By gate: the logarithm of the evidence of regression. */
  readonly evidence: Readonly<Record<string, Column>>;
  /** By gate: the logarithm of the evidence at which it fails. */
  readonly limits: Readonly<Record<string, number>>;
  /** By metric: the estimates of its means since the start. */
  readonly metrics: Readonly<Record<string, EstimateColumns>>;
}

/** The state of one track at one time. */
export interface TrackSnapshot extends GatewayWindow {
  readonly weight: number;
  readonly mirror: number;
  readonly estimates: Readonly<Record<string, Estimate>>;
}

/** The state of a rehearsal at one time. */
export interface Snapshot {
  readonly at: number;
  readonly tracks: Readonly<Record<string, TrackSnapshot>>;
  readonly gates: readonly { readonly gate: string; readonly logEvidence: number; readonly logLimit: number }[];
}

const MAX_SNAPSHOTS = 1200;

/** Collects snapshots; the longer a rehearsal, the coarser they become. */
export class SeriesRecorder {
  private snapshots: Snapshot[] = [];
  private added = 0;
  private every = 1;

  add(snapshot: Snapshot): void {
    if (this.added++ % this.every === 0) this.snapshots.push(snapshot);
    if (this.snapshots.length <= MAX_SNAPSHOTS) return;
    this.snapshots = this.snapshots.filter((_, index) => index % 2 === 0);
    this.every *= 2;
  }

  series(): Series {
    const { snapshots } = this;
    const column = (read: (snapshot: Snapshot) => number | undefined): Column =>
      snapshots.map((snapshot) => read(snapshot) ?? null);
    const tracks = [...new Set(snapshots.flatMap((snapshot) => Object.keys(snapshot.tracks)))];
    const each = (read: (track: TrackSnapshot) => number | undefined): TrackColumns =>
      Object.fromEntries(
        tracks.map((name) => [name, column(({ tracks: { [name]: track } }) => (track ? read(track) : undefined))]),
      );
    const gate = (snapshot: Snapshot, id: string) => snapshot.gates.find((one) => one.gate === id);
    const gates = [...new Set(snapshots.flatMap((snapshot) => snapshot.gates.map((one) => one.gate)))];
    const limit = (id: string) =>
      snapshots.map((snapshot) => gate(snapshot, id)?.logLimit).find((one) => one !== undefined);
    return {
      at: snapshots.map((snapshot) => snapshot.at),
      weight: each(({ weight }) => weight),
      mirror: each(({ mirror }) => mirror),
      p95: each(({ p95 }) => p95),
      errorRate: each(({ errorRate }) => errorRate),
      evidence: Object.fromEntries(gates.map((id) => [id, column((snapshot) => gate(snapshot, id)?.logEvidence)])),
      limits: Object.fromEntries(gates.map((id) => [id, limit(id) ?? 0])),
      metrics: Object.fromEntries(
        metricNames(snapshots).map((name) => {
          const estimate = (what: "mean" | "low" | "high") => each(({ estimates }) => estimates[name]?.[what]);
          return [name, { mean: estimate("mean"), low: estimate("low"), high: estimate("high") }];
        }),
      ),
    };
  }
}

function metricNames(snapshots: readonly Snapshot[]): string[] {
  const tracks = snapshots.flatMap((snapshot) => Object.values(snapshot.tracks));
  return [...new Set(tracks.flatMap(({ estimates }) => Object.keys(estimates)))];
}
