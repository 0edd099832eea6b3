import type { Random } from "../../support/random";
import { steady, STEADY, type Conditions, type TrafficStream } from "../../support/streams/traffic";

/** A stream of traffic that both versions serve equally well. */
export interface HonestStream {
  readonly name: string;
  readonly stream: TrafficStream;
  readonly coldRequests?: number;
}

/** Different conditions on both tracks for some seconds in every period, at a phase that is drawn for each rollout. */
const incidents =
  (change: Partial<Conditions>, seconds: number, period: number, base: Partial<Conditions> = {}): TrafficStream =>
  (random: Random) => {
    const phase = random.next() * period;
    const [well, unwell] = [
      { ...STEADY, ...base },
      { ...STEADY, ...base, ...change },
    ];
    return (at) => ((at + phase) % period < seconds ? unwell : well);
  };

/** One incident on both tracks, at a time that is drawn for each rollout. */
const outage =
  (change: Partial<Conditions>, seconds: number, from: number, until: number): TrafficStream =>
  (random: Random) => {
    const start = from + random.next() * (until - from);
    const unwell = { ...STEADY, ...change };
    return (at) => (at >= start && at < start + seconds ? unwell : STEADY);
  };

/** Latency modes, each of which lasts for an exponentially distributed time. */
const modes =
  (medians: readonly number[], meanSeconds: number): TrafficStream =>
  (random: Random) => {
    let [mode, until] = [0, 0];
    const draw = (): number => -meanSeconds * Math.log(1 - random.next());
    return (at) => {
      while (at >= until) [mode, until] = [(mode + 1) % medians.length, until + draw()];
      return { ...STEADY, medianLatency: medians[mode] ?? STEADY.medianLatency };
    };
  };

const changing =
  (errorRateAt: (seconds: number) => number): TrafficStream =>
  () =>
  (at) => ({ ...STEADY, errorRate: errorRateAt(at) });

const swing =
  (low: number, high: number, period: number): TrafficStream =>
  (random: Random) => {
    const phase = random.next() * 2 * Math.PI;
    const middle = Math.sqrt(low * high);
    const half = Math.log(high / low) / 2;
    return (at) => ({
      ...STEADY,
      errorRate: middle * Math.exp(half * Math.sin((2 * Math.PI * at) / period + phase)),
      requestsPerSecond: STEADY.requestsPerSecond * Math.exp(0.35 * Math.sin((2 * Math.PI * at) / period + phase)),
    });
  };

const HOUR = 3600;

/** Streams under which equal versions must not be rolled back, for a rollout of some seconds. */
export const honestStreams = (rolloutSeconds: number): readonly HonestStream[] => [
  { name: "steady", stream: steady() },
  { name: "outage of both, 30 s at 100% errors", stream: outage({ errorRate: 1 }, 30, 60, rolloutSeconds - 90) },
  {
    name: "outage of both, 30 s at 100% errors, in the last stage",
    stream: outage({ errorRate: 1 }, 30, rolloutSeconds * 0.85, rolloutSeconds - 90),
  },
  { name: "outage of both, 10 min at 100% errors", stream: outage({ errorRate: 1 }, 600, 60, rolloutSeconds - 90) },
  { name: "bursts common to both, 20% errors for 60 s hourly", stream: incidents({ errorRate: 0.2 }, 60, HOUR) },
  { name: "bursts common to both, 5% errors for 20 s every 10 min", stream: incidents({ errorRate: 0.05 }, 20, 600) },
  { name: "latency modes common to both, 60/300 ms", stream: modes([0.03, 0.06, 0.3], 300) },
  { name: "latency modes common to both, 30/90 ms, short", stream: modes([0.03, 0.09], 40) },
  { name: "errors drift for both, ×3 within 4 h", stream: changing((at) => 0.0004 * 3 ** (at / (4 * HOUR))) },
  { name: "daily swing of errors ×2, with the load", stream: swing(0.0003, 0.0006, 24 * HOUR) },
  { name: "daily swing of errors ×4, with the load", stream: swing(0.0002, 0.0008, 24 * HOUR) },
  ...[2, 4, 10, 20].map((clump) => ({
    name: `errors in clumps of ${clump}`,
    stream: steady({ errorRate: 0.0005, clump }),
  })),
  { name: "errors in clumps of 10, 0.2%", stream: steady({ errorRate: 0.002, clump: 10 }) },
  { name: "cold canary, its first 5 requests slow", stream: steady(), coldRequests: 5 },
  { name: "cold canary, its first 10 requests slow", stream: steady(), coldRequests: 10 },
];
