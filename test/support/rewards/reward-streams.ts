import type { BanditPolicy } from "../../../lib/strategies/bandit/policy";
import { banditPolicy } from "../bandit-simulation";
import { missingReadings, restartedCounters } from "./reward-readers";
import type { RewardStream } from "./reward-simulation";
import { clumpedRewards, orderValues, repeatUsers } from "./reward-sources";

/** A stream of rewards with a name, for any algorithm. */
export interface NamedStream extends Omit<RewardStream, "policy" | "requestsPerDay"> {
  readonly name: string;
  readonly requestsPerDay?: number;
  readonly policy?: Partial<BanditPolicy>;
}

const [A, B, C] = ["1.0.0", "1.1.0", "1.2.0"] as const;

/** The base rate over the day, as a factor. */
const rising = (day: number): number => 1 + 2 * day;
const falling = (day: number): number => 3 - 2 * day;
const swing = (day: number): number => 1 + 0.5 * Math.sin(4 * Math.PI * day);
const step = (day: number): number => (day < 0.15 ? 1 : 4);
/** For half an hour, twice, no request earns anything. */
const outage = (day: number): number => (Math.abs(day - 0.2) < 0.01 || Math.abs(day - 0.6) < 0.01 ? 0 : 1);

const arms =
  (rates: Readonly<Record<string, number>>, base: (day: number) => number = () => 1): RewardStream["rates"] =>
  (day) =>
    Object.fromEntries(Object.entries(rates).map(([arm, rate]) => [arm, rate * base(day)]));

const equal = { [A]: 0.02, [B]: 0.02 };
const better = { [A]: 0.03, [B]: 0.04 };
const worse = { [A]: 0.04, [B]: 0.03 };
const three = { arms: [A, B, C], warmUp: { [A]: 34, [B]: 33, [C]: 33 } };
const halfLife = { halfLifeSeconds: 10_800 };

/** Arms that all earn the same: none is the best, and no move helps. */
export const equalStreams: readonly NamedStream[] = [
  { name: "steady", rates: arms(equal) },
  { name: "rising base rate", rates: arms(equal, rising) },
  { name: "falling base rate", rates: arms(equal, falling) },
  { name: "base rate × 4 after 4h", rates: arms(equal, step) },
  { name: "base rate that swings twice a day", rates: arms(equal, swing) },
  { name: "outage of all arms", rates: arms(equal, outage) },
  { name: "30%, 200,000 requests", rates: arms({ [A]: 0.3, [B]: 0.3 }), requestsPerDay: 200_000 },
  { name: "5,000 requests", rates: arms(equal), requestsPerDay: 5_000 },
  { name: "half-life 3h", rates: arms(equal), policy: halfLife },
  { name: "three arms", rates: arms({ ...equal, [C]: 0.02 }), policy: three },
  { name: "three arms, rising base rate", rates: arms({ ...equal, [C]: 0.02 }, rising), policy: three },
  { name: "repeat users", rates: arms(equal), source: repeatUsers },
  { name: "clumps of 4", rates: arms(equal), source: clumpedRewards(4) },
  { name: "clumps of 10", rates: arms(equal), source: clumpedRewards(10) },
  { name: "clumps of 10, rising base rate", rates: arms(equal, rising), source: clumpedRewards(10) },
  { name: "values of orders", rates: arms({ [A]: 0.005, [B]: 0.005 }), source: orderValues },
  { name: "missing readings", rates: arms(equal), reader: missingReadings },
  { name: "missing readings, rising base rate", rates: arms(equal, rising), reader: missingReadings },
  { name: "counters that restart", rates: arms(equal), reader: restartedCounters },
  { name: "rewards an hour late, rising base rate", rates: arms(equal, rising), delay: 60 },
];

/** Arms of which one is better. */
export const differentStreams: readonly NamedStream[] = [
  { name: "3% and 4%", rates: arms(better) },
  { name: "3% and 4%, an hour late", rates: arms(better), delay: 60 },
  { name: "3% and 4%, 5,000 requests", rates: arms(better), requestsPerDay: 5_000 },
  { name: "3% and 4%, 15,000 requests", rates: arms(better), requestsPerDay: 15_000 },
  { name: "3%, 3.5% and 4%", rates: arms({ [A]: 0.03, [B]: 0.035, [C]: 0.04 }), policy: three },
  { name: "3% and 4% in clumps of 4", rates: arms(better), source: clumpedRewards(4) },
  { name: "swap at noon", rates: (day) => (day < 0.5 ? worse : better) },
  { name: "swap at noon, half-life 3h", rates: (day) => (day < 0.5 ? worse : better), policy: halfLife },
];

/** A better arm while the base rate changes. */
export const changingStreams: readonly NamedStream[] = [
  { name: "2% and 2.6%, rising base rate", rates: arms({ [A]: 0.02, [B]: 0.026 }, rising) },
  { name: "2.6% and 2%, rising base rate", rates: arms({ [A]: 0.026, [B]: 0.02 }, rising) },
  { name: "2.6% and 2%, base rate × 4 after 4h", rates: arms({ [A]: 0.026, [B]: 0.02 }, step) },
  { name: "2% and 2.6%, falling base rate", rates: arms({ [A]: 0.02, [B]: 0.026 }, falling) },
  {
    name: "2%, 2% and 2.6%, rising base rate",
    rates: arms({ [A]: 0.02, [B]: 0.02, [C]: 0.026 }, rising),
    policy: three,
  },
];

/** The stream with an algorithm. */
export const streamWith = (
  { name: _, policy, requestsPerDay = 50_000, ...stream }: NamedStream,
  algorithm: BanditPolicy["algorithm"],
): RewardStream => ({ ...stream, requestsPerDay, policy: { ...banditPolicy, ...policy, algorithm } });
