import type { Random } from "../random";
import type { User, UserStream } from "./user-simulation";

type DrawUser = UserStream["user"];

export const between = (least: number, most: number, random: Random): number =>
  least + Math.floor(random.next() * (most - least + 1));

/** The rate of one user, from a beta distribution in which the values of a user have this correlation. */
function userRate(mean: number, correlation: number, random: Random): number {
  if (correlation <= 0) return mean;
  const size = 1 / correlation - 1;
  const a = gamma(mean * size, random);
  return a / (a + gamma((1 - mean) * size, random));
}

/** A draw from a gamma distribution with this shape (Marsaglia and Tsang). */
function gamma(shape: number, random: Random): number {
  if (shape < 1) return gamma(shape + 1, random) * (1 - random.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** Users of 1 to `most` requests whose values are correlated, with a rate by track. */
export const correlated =
  (most: number, correlation: number, rates: Readonly<Record<string, number>> = {}): DrawUser =>
  (track, random) => {
    const rate = userRate(rates[track] ?? 0.1, correlation, random);
    return { requests: between(1, most, random), value: (each) => Number(each.chance(rate)) };
  };

/** One user makes this many requests, the others 1 to 5. */
export const withHeavyUser =
  (requests: number, correlation: number): DrawUser =>
  (track, random, index): User => {
    const user = correlated(5, correlation)(track, random, index);
    return index === 0 ? { ...user, requests } : user;
  };

/** Revenue over orders of magnitude, most of it from users who always spend much. */
export const revenue: DrawUser = (_, random) => {
  const level = Math.exp(random.normal());
  const buys = userRate(0.1, 0.2, random);
  return {
    requests: between(1, 20, random),
    value: (each) => (each.chance(buys) ? Math.min(100, 5 * level * Math.exp(0.5 * each.normal())) : 0),
  };
};

/** A share of the users fail with some of their requests, on either track. */
export const failing =
  (share: number, errorRate: number): DrawUser =>
  (_, random) => {
    const rate = random.chance(share) ? errorRate : 0;
    return {
      requests: between(1, 50, random),
      value: (each) => Number(each.chance(0.1)),
      fails: (each) => each.chance(rate),
    };
  };
