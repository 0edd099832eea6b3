import { delayedUpTo, gaps, laggingReplica, missing, scrapedEvery, type Reader } from "../../support/streams/readers";
import { restarting } from "../../support/streams/restarts";
import { steady } from "../../support/streams/traffic";
import { latencyModes, rising } from "./catalogue";
import { noisyReplicas, type HonestStream } from "./honest-stream";
import { always, autocorrelated, DAY, HOUR, incidents, outage, randomIncidents, swing, traffic } from "./shapes";

/** Other sizes, periods and shapes of the streams in the catalogue, and sources of counts that lag, restart or are missing. */
export const variants = (rolloutSeconds: number): readonly HonestStream[] => [
  ...outages(rolloutSeconds),
  ...commonTroubles(),
  ...clumps(),
  ...loads(rolloutSeconds),
  ...sources(rolloutSeconds),
  ...noisyNeighbors(),
];

const outages = (rolloutSeconds: number): HonestStream[] => [
  ...[
    [5, 1],
    [10, 0.3],
    [60, 0.5],
    [180, 0.1],
    [600, 1],
    [600, 0.03],
  ].map(([seconds = 0, errorRate = 0]) => ({
    name: `outage of both, ${seconds} s at ${errorRate * 100}% errors`,
    stream: traffic(outage({ errorRate }, seconds, 60, rolloutSeconds - seconds - 60)),
  })),
  { name: "several outages of both", stream: traffic(randomIncidents({ errorRate: 0.7 }, 45, 0.5 * HOUR)) },
  {
    name: "outage of both in the first minute",
    stream: traffic(outage({ errorRate: 1 }, 30, 15, 30)),
  },
  {
    name: "slow database, 120 s at 2 s, and 1% timeouts",
    stream: traffic(outage({ medianLatency: 2, timeouts: 0.01, errorRate: 0.05 }, 120, 60, rolloutSeconds - 180)),
  },
  {
    name: "outage of both in which the answers are fast",
    stream: traffic(outage({ medianLatency: 0.002, errorRate: 0.9 }, 60, 60, rolloutSeconds - 180)),
  },
  {
    name: "wrong answers of both, accuracy 50% for 300 s",
    stream: traffic(outage({ accuracy: 0.5 }, 300, 60, rolloutSeconds - 360)),
  },
];

const commonTroubles = (): HonestStream[] => [
  {
    name: "bursts common to both, 5% errors for 20 s every 10 min",
    stream: traffic(incidents({ errorRate: 0.05 }, 20, 600)),
  },
  {
    name: "bursts common to both, 50% errors for 5 s every 5 min",
    stream: traffic(incidents({ errorRate: 0.5 }, 5, 300)),
  },
  { name: "random bursts common to both, 10% errors", stream: traffic(randomIncidents({ errorRate: 0.1 }, 40, 900)) },
  { name: "autocorrelated errors common to both", stream: traffic(autocorrelated(0.0005, 0.7, 0.9)) },
  { name: "autocorrelated errors common to both, wild", stream: traffic(autocorrelated(0.0008, 1.5, 0.95)) },
  { name: "latency modes common to both, 30/90 ms, short", stream: traffic(latencyModes([0.03, 0.09], 40)) },
  { name: "latency modes common to both, 30/60/300 ms", stream: traffic(latencyModes([0.03, 0.06, 0.3], 300)) },
  { name: "errors of both rise from 0.02% to 0.2% in an hour", stream: traffic(rising(0.0002, 10, HOUR)) },
  { name: "hourly swing of errors ×8, with the load", stream: traffic(swing(0.0002, 0.0016, HOUR)) },
  { name: "base errors just under the objective", stream: steady({ errorRate: 0.00095 }) },
  { name: "base errors over the objective", stream: steady({ errorRate: 0.0013 }) },
];

const clumps = (): HonestStream[] => [
  { name: "errors in clumps of 20", stream: steady({ errorRate: 0.0005, clump: 20 }) },
  { name: "errors in clumps of 2, 0.2%", stream: steady({ errorRate: 0.002, clump: 2 }) },
  { name: "errors in clumps of 10, 0.2%", stream: steady({ errorRate: 0.002, clump: 10 }) },
  { name: "errors in clumps of 4, 1%", stream: steady({ errorRate: 0.01, clump: 4 }) },
  {
    name: "errors in clumps of 4, and bursts common to both",
    stream: traffic(always({ clump: 4 }), incidents({ errorRate: 0.2 }, 60, HOUR)),
  },
];

/** The load itself, from one request in ten seconds to 1,000 a second. */
const loads = (rolloutSeconds: number): HonestStream[] =>
  [1, 10, 1000].flatMap((requestsPerSecond) => [
    { name: `steady, ${requestsPerSecond} requests/s`, stream: steady({ requestsPerSecond, errorRate: 0.0008 }) },
    {
      name: `outage of both, 60 s at 100% errors, ${requestsPerSecond} requests/s`,
      stream: traffic(always({ requestsPerSecond }), outage({ errorRate: 1 }, 60, 60, rolloutSeconds - 120)),
    },
    {
      name: `errors in clumps of 4, ${requestsPerSecond} requests/s`,
      stream: steady({ requestsPerSecond, clump: 4 }),
    },
    {
      name: `latency modes common to both, 60/300 ms, ${requestsPerSecond} requests/s`,
      stream: traffic(always({ requestsPerSecond }), latencyModes([0.06, 0.3], 300)),
    },
  ]);

const READERS: readonly (readonly [string, Reader])[] = [
  ["scrapes of 15 s with a phase for each track", scrapedEvery(15)],
  ["scrapes of 30 s with a phase for each track", scrapedEvery(30)],
  ["counts up to 15 s old", delayedUpTo(15)],
  ["two Prometheus replicas, one 60 s behind", laggingReplica(60)],
  ["10% of the scrapes missing", missing(0.1)],
  ["no data for 5 min in every 40", gaps(300, 2400)],
  ["replicas restart every 20 min, start reported", restarting(4, 1200, true)],
  ["replicas restart every 20 min, start unknown", restarting(4, 1200, false)],
];

/** How a driver reads the counts, on a quiet stream and on those whose edges fall between two readings. */
const sources = (rolloutSeconds: number): HonestStream[] =>
  READERS.flatMap(([name, reader]) => [
    { name: `steady; ${name}`, stream: steady(), reader },
    {
      name: `outage of both, 30 s at 100% errors; ${name}`,
      stream: traffic(outage({ errorRate: 1 }, 30, 60, rolloutSeconds - 90)),
      reader,
    },
    {
      name: `bursts common to both, 20% errors for 60 s every 20 min; ${name}`,
      stream: traffic(incidents({ errorRate: 0.2 }, 60, 1200)),
      reader,
    },
    {
      name: `latency modes common to both, 60/300 ms; ${name}`,
      stream: traffic(latencyModes([0.06, 0.3], 120)),
      reader,
    },
    { name: `errors in clumps of 4; ${name}`, stream: steady({ clump: 4 }), reader },
  ]);

/** Replicas suffer alone, on both tracks alike: what hits one of two replicas of the candidate hits half of its users. */
const noisyNeighbors = (): HonestStream[] => [
  {
    name: "noisy neighbors: one replica twice as slow for 5 s",
    stream: steady(),
    replicas: noisyReplicas(8, 2, randomIncidents({ medianLatency: 0.06 }, 5, 600)),
    isOneSided: true,
  },
  {
    name: "noisy neighbors: one replica twice as slow for 60 s",
    stream: steady(),
    replicas: noisyReplicas(8, 2, randomIncidents({ medianLatency: 0.06 }, 60, 1800)),
    isOneSided: true,
  },
  {
    name: "noisy neighbors: one replica fails 2% for 20 s",
    stream: steady(),
    replicas: noisyReplicas(8, 2, randomIncidents({ errorRate: 0.02 }, 20, 1800)),
    isOneSided: true,
  },
  {
    name: "independent bursts on each track, 20% errors for 60 s hourly",
    stream: steady(),
    replicas: noisyReplicas(1, 1, incidents({ errorRate: 0.2 }, 60, HOUR)),
    isOneSided: true,
  },
  {
    name: "independent bursts on each track, 5% errors for 10 s every 30 min",
    stream: steady(),
    replicas: noisyReplicas(1, 1, incidents({ errorRate: 0.05 }, 10, 0.5 * HOUR)),
    isOneSided: true,
  },
  {
    name: "independent autocorrelated errors on each track",
    stream: steady(),
    replicas: noisyReplicas(1, 1, autocorrelated(0.0005, 0.7, 0.9)),
    isOneSided: true,
  },
];

/** Streams that take days, for rollouts with long stages. */
export const longVariants: readonly HonestStream[] = [
  { name: "daily swing of errors ×4 and of latency ×2", stream: traffic(swing(0.0002, 0.0008, DAY, 2)) },
  { name: "weekly swing of errors ×3, with the load", stream: traffic(swing(0.0003, 0.0009, 7 * DAY)) },
  {
    name: "daily swing of errors ×2, and an outage a day",
    stream: traffic(swing(0.0003, 0.0006, DAY), incidents({ errorRate: 0.3 }, 120, DAY)),
  },
];
