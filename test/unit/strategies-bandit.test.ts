import { beliefOf } from "../../lib/strategies/bandit/rewards";
import { bandit } from "../../lib/strategies/bandit/strategy";
import type { BanditPolicy } from "../../lib/strategies/bandit/policy";
import type { BanditState } from "../../lib/strategies/bandit/policy";
import type { Decision, RolloutEvent } from "../../lib/strategies/decision";
import type { TrackCounts } from "../../lib/strategies/observation";
import { banditPolicy, regretOfFixedSplit, rewardedCounts, simulateBandit } from "../support/bandit-simulation";
import { gatesFor } from "../support/canary-simulation";

const [A, B, C] = ["1.0.0", "1.1.0", "1.2.0"] as const;

/** Three arms, evaluated every minute, with an update at every evaluation. */
const policy: BanditPolicy = {
  ...banditPolicy,
  arms: [A, B, C],
  warmUp: { [A]: 34, [B]: 33, [C]: 33 },
  updateEverySeconds: 60,
  gates: gatesFor(0.02).slice(0, 2),
};

interface Answers {
  readonly requests?: number;
  readonly errors?: number;
  readonly rewards?: number;
  readonly earned?: number;
}

/** A bandit driven by hand, from what each arm served. */
class Bandit {
  at = 0;
  readonly events: RolloutEvent[] = [];
  ready: Record<string, number> = { [A]: 2, [B]: 2, [C]: 2 };
  private decision: Decision<BanditState> | undefined;
  private counts: Record<string, Required<Answers>> = {};

  constructor(readonly policy: BanditPolicy) {}

  get state(): BanditState {
    if (this.decision === undefined) throw new Error("nothing was evaluated yet");
    return this.decision.state;
  }

  get split(): number[] {
    return this.policy.arms.map((arm) => this.decision?.weights[arm] ?? NaN);
  }

  said(kind: RolloutEvent["kind"]): string[] {
    return this.events.filter((event) => event.kind === kind).map(({ message }) => message);
  }

  /** An evaluation a minute later. */
  minute(answers: Record<string, Answers> = {}): this {
    this.at += 60;
    const tracks: Record<string, TrackCounts> = {};
    for (const arm of this.policy.arms) {
      const { requests, errors, rewards, earned } = this.counts[arm] ?? zero;
      const more = { ...zero, ...answers[arm] };
      const now = {
        requests: requests + more.requests,
        errors: errors + more.errors,
        rewards: rewards + more.rewards,
        earned: earned + more.earned,
      };
      this.counts[arm] = now;
      tracks[arm] = rewardedCounts(now.requests, now.rewards, now.earned, now.errors, this.ready[arm]);
    }
    this.decision = bandit.decide(this.policy, this.decision?.state, { at: this.at, tracks });
    this.events.push(...this.decision.events);
    return this;
  }

  /** The servers of an arm restart: their counters start at 0 again. */
  restart(arm: string): void {
    this.counts[arm] = zero;
  }
}

const zero: Required<Answers> = { requests: 0, errors: 0, rewards: 0, earned: 0 };

/** Requests that each got their reward. */
const earning = (requests: number, earned: number): Answers => ({ requests, rewards: requests, earned });

const even = { [A]: earning(1000, 30), [B]: earning(1000, 30), [C]: earning(1000, 30) };

describe("before it runs", () => {
  test("all traffic stays with the baseline until every arm has ready replicas", () => {
    const run = new Bandit(policy);
    run.ready[C] = 0;
    expect(bandit.opening(policy).weights).toEqual({ [A]: 100, [B]: 0, [C]: 0 });
    expect(run.minute().minute().split).toEqual([100, 0, 0]);
    expect(run.said("waiting-for-capacity")).toEqual(["1.2.0: no replica is ready"]);
    run.ready[C] = 1;
    expect(run.minute().split).toEqual([34, 33, 33]);
  });

  test("the warm-up lasts until every arm has enough rewards, however many the others have", () => {
    const run = new Bandit(policy).minute();
    run.minute({ [A]: earning(5000, 100), [B]: earning(5000, 300), [C]: earning(199, 0) });
    expect(run.split).toEqual([34, 33, 33]);
    run.minute({ [C]: earning(1, 0) });
    expect(run.state.phase).toBe("running");
    expect(run.split).toEqual([28, 43, 29]);
  });

  test("requests without a reward count for nothing", () => {
    const run = new Bandit(policy).minute();
    run.minute({ [A]: { requests: 9000 }, [B]: { requests: 9000 }, [C]: { requests: 9000 } });
    expect(run.state.phase).toBe("warming-up");
    expect(Object.values(run.state.arms).every(({ rewards }) => rewards.count === 0)).toBe(true);
  });
});

describe("the split", () => {
  test("goes to the arm that earns most, a step at a time, down to the floor of the others", () => {
    const run = new Bandit(policy).minute().minute(even);
    for (let minute = 0; minute < 12; minute++)
      run.minute({ [A]: earning(500, 15), [B]: earning(500, 30), [C]: earning(500, 15) });
    expect(run.split).toEqual([5, 90, 5]);
    expect(run.said("verdict")[0]).toMatch(
      /^1\.1\.0 is the best arm, with a confidence of 99% at all evaluations together \(clicked: 1\.0\.0 /,
    );
  });

  test("goes to the arm that earns least, where lower is better", () => {
    const costs = { ...policy, reward: { ...policy.reward, direction: "lowerIsBetter" as const } };
    const run = new Bandit(costs).minute();
    run.minute({ [A]: earning(1000, 60), [B]: earning(1000, 90), [C]: earning(1000, 30) });
    expect(run.split[2]).toBe(43);
  });

  test("does not rise on an arm whose replicas are not ready or whose gates do not pass", () => {
    const best = { ...even, [B]: earning(1000, 90) };
    const unready = new Bandit(policy).minute();
    unready.ready[B] = 0;
    expect(unready.minute(best).split[1]).toBe(33);
    const shaky = new Bandit(policy).minute();
    shaky.minute({ ...best, [B]: { ...best[B], errors: 24 } });
    expect(shaky.state.phase).toBe("running");
    expect(shaky.split[1]).toBeLessThanOrEqual(33);
  });

  test("a restarted server loses no rewards", () => {
    const run = new Bandit(policy).minute().minute({ ...even, [B]: earning(1000, 60) });
    const rewardsOf = ({ arms }: BanditState) => Object.values(arms).map(({ rewards }) => rewards);
    const before = rewardsOf(run.state);
    run.restart(B);
    run.minute();
    expect(rewardsOf(run.state)).toEqual(before);
  });

  test("follows rewards that change, with a half-life", () => {
    const drift = (halfLifeSeconds?: number): number => {
      const run = new Bandit({ ...policy, ...(halfLifeSeconds !== undefined && { halfLifeSeconds }) }).minute();
      for (let minute = 0; minute < 30; minute++) run.minute({ ...even, [B]: earning(1000, 60) });
      for (let minute = 0; minute < 20; minute++) run.minute({ ...even, [C]: earning(1000, 60) });
      return run.split[2] ?? NaN;
    };
    expect(drift()).toBe(5);
    expect(drift(300)).toBe(90);
  });

  test("values with a small variance are more informative than as many rewards of 0 or 1", () => {
    const samples = (sumOfSquares: number): number =>
      beliefOf({ count: 1000, sum: 500, sumOfSquares }, policy.reward).samples;
    expect(samples(500)).toBeCloseTo(1000);
    expect(samples(260)).toBeGreaterThan(6 * samples(500));
  });
});

describe("an arm that fails a gate", () => {
  const failing = { ...even, [B]: { ...even[B], errors: 200 } };

  test("is removed permanently once it fails; the baseline gets its traffic until the rewards move the split", () => {
    const run = new Bandit(policy).minute().minute(even);
    const before = run.split;
    for (let minute = 0; minute < 4; minute++) run.minute(failing);
    expect(run.split[1]).toBe(0);
    expect(run.split[0]).toBeGreaterThan(before[0] ?? NaN);
    expect(run.split[2]).toBeLessThanOrEqual((before[2] ?? NaN) + policy.maxStep);
    expect(run.said("gate-failed")[0]).toMatch(/^1\.1\.0, errors.*: error rate .* against/);
    expect(run.said("arm-removed")[0]).toMatch(
      /^1\.1\.0 is removed permanently with its \d+%: \d+% 1\.0\.0, \d+% 1\.2\.0$/,
    );
    for (let minute = 0; minute < 30; minute++) run.minute({ ...even, [B]: earning(1000, 900) });
    expect(run.split[1]).toBe(0);
  });

  test("is also removed in the warm-up, which then waits only for the others", () => {
    const run = new Bandit(policy).minute();
    for (let minute = 0; minute < 4; minute++)
      run.minute({ [A]: { requests: 100 }, [B]: { requests: 100, errors: 40 } });
    expect(run.state.phase).toBe("warming-up");
    expect(run.split).toEqual([67, 0, 33]);
    expect(run.minute({ [A]: earning(300, 9), [C]: earning(300, 9) }).state.phase).toBe("running");
  });

  test("ends the bandit if only the baseline is left", () => {
    const run = new Bandit(policy).minute().minute(even);
    for (let minute = 0; minute < 4; minute++)
      run.minute({ ...even, [B]: { ...even[B], errors: 200 }, [C]: { ...even[C], errors: 200 } });
    expect(run.split).toEqual([100, 0, 0]);
    expect(bandit.outcome(run.state)).toBe("rolled-back");
    expect(run.said("rolled-back")[0]).toMatch(/^only 1\.0\.0 is left after \dm/);
  });
});

test("after its duration the split stays as it is", () => {
  const run = new Bandit({ ...policy, durationSeconds: 300 }).minute().minute(even);
  while (bandit.outcome(run.state) === undefined) run.minute({ ...even, [B]: earning(1000, 60) });
  expect(run.at).toBe(360);
  const { split } = run;
  expect(run.minute({ ...even, [C]: earning(1000, 900) }).split).toEqual(split);
  expect(run.said("completed")[0]).toMatch(/^after 5m the split stays at \d+% 1\.0\.0/);
});

describe("regret of arms that earn 3% and 4%, over 50,000 requests in a day", () => {
  const day = { requests: 50_000, requestsPerSecond: 50_000 / 86_400, requestsPerEvaluation: 250 };
  const still = () => ({ [A]: 0.03, [B]: 0.04 });
  const swapped = (request: number) => (request < 25_000 ? { [A]: 0.04, [B]: 0.03 } : still());
  const runs = 6;

  function meanShareOfFixed(changes: Partial<BanditPolicy>, rates: typeof swapped, delay = 0): number {
    const each = { policy: { ...banditPolicy, ...changes }, rates, delay, ...day };
    let regret = 0;
    for (let seed = 0; seed < runs; seed++) regret += simulateBandit({ seed, ...each }).regret;
    return regret / runs / regretOfFixedSplit({ seed: 0, ...each });
  }

  it.each(["thompson", "epsilonGreedy", "ucb"] as const)("is at most half of a fixed split's: %s", (algorithm) => {
    expect(meanShareOfFixed({ algorithm }, still)).toBeLessThan(0.5);
  });

  it("also with rewards that arrive an hour late", () => {
    expect(meanShareOfFixed({}, still, 3600)).toBeLessThan(0.5);
  });

  it("and with arms that change places at noon, with a half-life", () => {
    expect(meanShareOfFixed({ halfLifeSeconds: 3 * 3600 }, swapped)).toBeLessThan(0.75);
  });
});
