import { endOfSlot, HeldValues } from "../../serving-image/src/feedback/held-values";
import type { Plan } from "../../lib";
import type { CanaryPolicy, CanaryState } from "../../lib/strategies/canary/policy";
import { canary } from "../../lib/strategies/canary/strategy";
import type { TrackCounts } from "../../lib/strategies/observation";
import { Random } from "./random";
import { binomial, poisson } from "./streams/sampling";

/** A canary whose wrong answers are reported after another time than its right ones. */
export interface LabelSimulation {
  readonly plan: Plan<CanaryPolicy>;
  readonly seed: number;
  readonly requestsPerSecond: number;
  readonly accuracy: { readonly stable: number; readonly canary: number };
  /** Seconds from a prediction to its label. */
  readonly delays: { readonly wrong: number; readonly right: number };
}

export interface LabelResult {
  readonly outcome: string;
  readonly seconds: number;
  readonly message: string;
}

const SECONDS_PER_EVALUATION = 15;
const BOUNDS = [0.05, 0.1];

/** A track whose labels are counted as the server counts them. */
class LabelledTrack {
  private requests = 0;
  private count = 0;
  private right = 0;
  private readonly held = new HeldValues();

  constructor(
    private readonly maturity: number,
    private readonly delays: LabelSimulation["delays"],
  ) {}

  answer(at: number, requests: number, right: number): void {
    this.requests += requests;
    this.label(at, this.delays.wrong, requests - right, 0);
    this.label(at, this.delays.right, right, right);
  }

  countsAt(now: number): TrackCounts {
    for (const { count, sum } of this.held.take(now)) {
      this.count += count;
      this.right += sum;
    }
    return {
      requests: this.requests,
      errors: 0,
      latency: { bounds: BOUNDS, counts: [this.requests, 0, 0] },
      metrics: { accuracy: { count: this.count, sum: this.right, sumOfSquares: this.right } },
      readyReplicas: 9,
    };
  }

  /** Labels that have not arrived yet wait as well. */
  private label(at: number, delay: number, count: number, sum: number): void {
    if (count === 0) return;
    const matureAt = Math.max(at + delay, endOfSlot(at + 1 + this.maturity, this.maturity));
    this.held.add({ version: "", metric: "accuracy", matureAt, count, sum, sumOfSquares: sum });
  }
}

/** Runs a planned canary, second by second. */
export function simulateLabels(simulation: LabelSimulation): LabelResult {
  const { plan, seed, requestsPerSecond, accuracy, delays } = simulation;
  const policy = plan.policy as CanaryPolicy;
  const random = new Random(seed);
  const [metric] = canary.requirements(policy).metrics;
  const maturity = metric?.maturitySeconds ?? 0;
  const tracks = { stable: new LabelledTrack(maturity, delays), canary: new LabelledTrack(maturity, delays) };
  let state: CanaryState | undefined;
  let weight = 0;
  for (let at = 0; ; at++) {
    const users = poisson(random, requestsPerSecond);
    const onCanary = binomial(random, users, weight / 100);
    tracks.canary.answer(at, onCanary, binomial(random, onCanary, accuracy.canary));
    tracks.stable.answer(at, users - onCanary, binomial(random, users - onCanary, accuracy.stable));
    if (at % SECONDS_PER_EVALUATION !== 0) continue;
    const { events, ...decision } = canary.decide(policy, state, {
      at,
      tracks: { [policy.stable]: tracks.stable.countsAt(at), [policy.canary]: tracks.canary.countsAt(at) },
    });
    state = decision.state;
    weight = decision.weights[policy.canary] ?? 0;
    const outcome = canary.outcome(state);
    if (outcome !== undefined) return { outcome, seconds: at, message: events.at(-1)?.message ?? "" };
  }
}
