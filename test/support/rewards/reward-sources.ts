import type { Weights } from "../../../lib/strategies/decision";
import type { MetricSums } from "../../../lib/strategies/observation";
import type { Random } from "../random";
import { binomial } from "../streams/sampling";

export type RewardsByArm = ReadonlyMap<string, MetricSums>;

/** The requests between two evaluations. */
interface Requests {
  readonly arms: readonly string[];
  readonly weights: Weights;
  readonly requests: number;
  readonly means: Readonly<Record<string, number>>;
  readonly random: Random;
}

/** The rewards of requests that are divided at random among the arms. */
export type RewardSource = (requests: Requests) => RewardsByArm;

/** Each request earns 0 or 1, independently of the others. */
export const independentRewards: RewardSource = (requests) =>
  byArm(requests, (count, mean, random) => zerosAndOnes(count, binomial(random, count, mean)));

/** Requests come in clumps that one arm serves, such as retries on one connection: all of a clump earn the same. */
export const clumpedRewards =
  (size: number): RewardSource =>
  (requests) =>
    byArm({ ...requests, requests: requests.requests / size }, (clumps, mean, random) =>
      zerosAndOnes(size * clumps, size * binomial(random, clumps, mean)),
    );

/** Few requests earn much: the value of an order, of an exponential distribution, where one request in 20 orders. */
export const orderValues: RewardSource = (requests) =>
  byArm(requests, (count, mean, random) => {
    const orders = binomial(random, count, 0.05);
    let [sum, sumOfSquares] = [0, 0];
    for (let order = 0; order < orders; order++) {
      const value = Math.min(1, -20 * mean * Math.log(1 - random.next()));
      sum += value;
      sumOfSquares += value * value;
    }
    return { count, sum, sumOfSquares };
  });

/** Users who come up to 50 times, each with their own rate; their requests are divided among the arms like all others. */
export const repeatUsers: RewardSource = ({ arms, weights, requests, means, random }) => {
  const rewards = new Map(arms.map((arm) => [arm, { count: 0, sum: 0 }]));
  for (let left = requests; left > 0;) {
    const visits = Math.min(left, 1 + Math.floor(50 * random.next()));
    // Most users hardly ever earn a reward, and some nearly always.
    const factor = random.chance(0.1) ? 10 : 0;
    for (let visit = 0; visit < visits; visit++) {
      const arm = drawArm(arms, weights, random);
      const known = rewards.get(arm);
      if (known === undefined) continue;
      known.count += 1;
      known.sum += Number(random.chance(factor * (means[arm] ?? 0)));
    }
    left -= visits;
  }
  return new Map([...rewards].map(([arm, { count, sum }]) => [arm, zerosAndOnes(count, sum)]));
};

const zerosAndOnes = (count: number, sum: number): MetricSums => ({ count, sum, sumOfSquares: sum });

function byArm(
  { arms, weights, requests, means, random }: Requests,
  draw: (count: number, mean: number, random: Random) => MetricSums,
): RewardsByArm {
  let left = Math.floor(requests) + Number(random.chance(requests % 1));
  let percent = 100;
  return new Map(
    arms.map((arm) => {
      const weight = weights[arm] ?? 0;
      const count = percent > 0 ? binomial(random, left, weight / percent) : 0;
      left -= count;
      percent -= weight;
      return [arm, draw(count, means[arm] ?? 0, random)];
    }),
  );
}

function drawArm(arms: readonly string[], weights: Weights, random: Random): string {
  let percent = random.next() * 100;
  return arms.find((arm) => (percent -= weights[arm] ?? 0) < 0) ?? arms[0] ?? "";
}
