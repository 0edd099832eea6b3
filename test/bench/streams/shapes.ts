import type { Random } from "../../support/random";
import { STEADY, type Conditions, type TrafficStream } from "../../support/streams/traffic";

type Change = Partial<Conditions>;

/** A value over time, such as an error rate; called once for each rollout, to draw its phases. */
type Course = (random: Random) => (seconds: number) => Change;

export const HOUR = 3600;
export const DAY = 24 * HOUR;

/** Traffic whose conditions follow all of the courses. */
export const traffic =
  (...courses: readonly Course[]): TrafficStream =>
  (random) => {
    const drawn = courses.map((course) => course(random));
    return (at) => drawn.reduce<Conditions>((conditions, each) => ({ ...conditions, ...each(at) }), STEADY);
  };

export const always =
  (change: Change): Course =>
  () =>
  () =>
    change;

const NOTHING: Change = {};

/** Other conditions for some seconds in every period, at a phase that is drawn. */
export const incidents =
  (change: Change, seconds: number, period: number): Course =>
  (random) => {
    const phase = random.next() * period;
    return (at) => ((at + phase) % period < seconds ? change : NOTHING);
  };

/** An incident at a time that is drawn. */
export const outage =
  (change: Change, seconds: number, from: number, until: number): Course =>
  (random) => {
    const start = from + random.next() * (until - from);
    return (at) => (at >= start && at < start + seconds ? change : NOTHING);
  };

/** Incidents at random times, whose times and lengths are distributed exponentially. */
export const randomIncidents =
  (change: Change, meanSeconds: number, meanPause: number): Course =>
  (random) => {
    const draw = (mean: number): number => -mean * Math.log(1 - random.next());
    let [start, end] = [draw(meanPause), 0];
    end = start + draw(meanSeconds);
    return (at) => {
      while (at >= end) {
        start = end + draw(meanPause);
        end = start + draw(meanSeconds);
      }
      return at >= start ? change : NOTHING;
    };
  };

/** Conditions by turns, each of which lasts for an exponentially distributed time. */
export const modes =
  (changes: readonly Change[], meanSeconds: number): Course =>
  (random) => {
    let [mode, until] = [0, 0];
    const draw = (): number => -meanSeconds * Math.log(1 - random.next());
    return (at) => {
      while (at >= until) [mode, until] = [mode + 1, until + draw()];
      return changes[mode % changes.length] ?? NOTHING;
    };
  };

export const changing =
  (change: (seconds: number) => Change): Course =>
  () =>
    change;

/** A wave between two bounds, with a phase that is drawn. */
const wave = (random: Random, low: number, high: number, period: number): ((at: number) => number) => {
  const phase = random.next() * 2 * Math.PI;
  const [middle, amplitude] = [Math.sqrt(low * high), Math.log(high / low) / 2];
  return (at) => middle * Math.exp(amplitude * Math.sin((2 * Math.PI * at) / period + phase));
};

/** The load, the error rate and the latency rise and fall together. */
export const swing =
  (lowRate: number, highRate: number, period: number, latencyFactor = 1): Course =>
  (random) => {
    const position = wave(random, 1, Math.E, period);
    const { requestsPerSecond, medianLatency } = STEADY;
    return (at) => {
      const share = Math.log(position(at));
      return {
        errorRate: lowRate * (highRate / lowRate) ** share,
        requestsPerSecond: requestsPerSecond * 2 ** (share - 0.5),
        medianLatency: medianLatency * latencyFactor ** (share - 0.5),
      };
    };
  };

/** An error rate whose logarithm is an autoregressive process of the first order, with a step every minute. */
export const autocorrelated =
  (rate: number, deviation: number, correlation: number): Course =>
  (random) => {
    let [value, minute] = [random.normal() * deviation, 0];
    return (at) => {
      for (; minute < Math.floor(at / 60); minute++)
        value = correlation * value + Math.sqrt(1 - correlation ** 2) * deviation * random.normal();
      return { errorRate: Math.min(1, rate * Math.exp(value - deviation ** 2 / 2)) };
    };
  };
