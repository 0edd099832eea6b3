import type { BenchRow } from "../report";
import type { Measured } from "../serving/rounds";
import type { CacheContender } from "./contenders";
import type { Replay } from "./replay";

export const COMPUTED = "no cache";

/** The figures of the cache, and the goal of each. */
export function rowsOf(
  contenders: readonly CacheContender[],
  measured: readonly Measured[],
  isAdvisedAgainst: (contender: CacheContender) => boolean,
): BenchRow[] {
  const cpuOf = (contender: CacheContender): number =>
    measured.find(({ name }) => name === contender.name)?.cpu ?? Number.NaN;
  const computed = (model: string): number =>
    contenders.filter((one) => one.model === model && one.kind === COMPUTED).map(cpuOf)[0] ?? Number.NaN;
  return contenders
    .filter(({ kind }) => kind !== COMPUTED)
    .map((contender) => {
      const [own, without] = [cpuOf(contender), computed(contender.model)];
      const ratio = own / without;
      return {
        metric: `${contender.name}: CPU for 10,000 ${contender.isNew ? "misses" : "hits"}`,
        unit: "s",
        value: own,
        against: `computed without a cache: ${without.toFixed(3)} s`,
        ratio,
        ...goalOf(contender, ratio, isAdvisedAgainst(contender)),
      };
    });
}

function goalOf(
  { model, isNew }: CacheContender,
  ratio: number,
  isAdvisedAgainst: boolean,
): Pick<BenchRow, "goal" | "met"> {
  if (isNew) return { goal: "none, for comparison", met: true };
  if (model === "slow") return { goal: "≤ 0.5", met: ratio <= 0.5 };
  const advice = isAdvisedAgainst ? " (it does)" : " (it does not)";
  return { goal: `≤ 1, or the log advises against it${advice}`, met: ratio <= 1 || isAdvisedAgainst };
}

export function replayRow(kind: string, maxBytes: number, { hitRate, requests, things }: Replay): BenchRow {
  return {
    metric: `${kind} of ${maxBytes / 1e6} MB: requests of a Zipf replay for which the model did not run`,
    unit: "share",
    value: hitRate,
    against: `${requests} requests for ${things} things, s = 1`,
    ratio: hitRate,
    goal: "≥ 0.8",
    met: hitRate >= 0.8,
  };
}

/** @param usual the same server's p99 with the cache answering, in milliseconds */
export function hangingRow(kind: string, failed: number, p99: number, usual: number): BenchRow {
  return {
    metric: `slow model, ${kind} hanging: p99`,
    unit: "ms",
    value: p99,
    against: `while it answers: ${usual.toFixed(1)} ms; ${failed} requests failed`,
    ratio: p99 / usual,
    goal: "at most 5 ms more, none fails",
    met: failed === 0 && p99 <= usual + 5,
  };
}
