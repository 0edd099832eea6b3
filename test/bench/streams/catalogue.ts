import { steady } from "../../support/streams/traffic";
import type { HonestStream } from "./honest-stream";
import { always, changing, HOUR, DAY, incidents, modes, outage, swing, traffic } from "./shapes";

/**
 * The streams for which verdicts were wrong before comparisons were made block by block. The times of incidents fit a rollout
 * of some seconds.
 */
export const catalogue = (rolloutSeconds: number): readonly HonestStream[] => [
  { name: "steady", stream: steady() },
  {
    name: "outage of both, 30 s at 100% errors",
    stream: traffic(outage({ errorRate: 1 }, 30, 60, rolloutSeconds - 90)),
  },
  {
    name: "outage of both, 30 s at 100% errors, in the last stage",
    stream: traffic(outage({ errorRate: 1 }, 30, rolloutSeconds * 0.85, rolloutSeconds - 90)),
  },
  {
    name: "bursts common to both, 20% errors for 60 s hourly",
    stream: traffic(incidents({ errorRate: 0.2 }, 60, HOUR)),
  },
  { name: "latency modes common to both, 60/300 ms", stream: traffic(latencyModes([0.06, 0.3], 300)) },
  { name: "errors drift for both, ×3 within 4 h", stream: traffic(rising(0.0004, 3, 4 * HOUR)) },
  { name: "daily swing of errors ×4, with the load", stream: traffic(swing(0.0002, 0.0008, DAY)) },
  { name: "daily swing of errors ×2 and of latency ×2", stream: traffic(swing(0.0003, 0.0006, DAY, 2)) },
  ...[2, 4, 10].map((clump) => ({
    name: `errors in clumps of ${clump}`,
    stream: traffic(always({ errorRate: 0.0005, clump })),
  })),
  { name: "cold canary, its first 5 requests slow", stream: steady(), coldRequests: 5 },
  { name: "cold canary, its first 10 requests slow", stream: steady(), coldRequests: 10 },
];

export const latencyModes = (medians: readonly number[], meanSeconds: number) =>
  modes(
    medians.map((medianLatency) => ({ medianLatency })),
    meanSeconds,
  );

export const rising = (from: number, factor: number, seconds: number) =>
  changing((at) => ({ errorRate: from * factor ** (at / seconds) }));
