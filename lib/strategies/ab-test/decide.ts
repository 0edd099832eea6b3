import { formatElapsed, formatShare } from "../../core/format";
import type { Decision, RolloutEvent, Weights } from "../decision";
import type { GateEvidence } from "../gates/evidence";
import type { Observation } from "../observation";
import { absorb, noTotals, type Tally } from "../tally";
import { whoIsUnready } from "../watch/capacity";
import { enterStage, evidenceOf, look, observe, type Harm } from "../watch/look";
import type { Pair } from "../watch/watch";
import type { VariantVerdict } from "../result";
import { nextMoment } from "../moment";
import type { AbTestPolicy } from "./policy";
import { resultsOf, scaleOf, valuesOf } from "./results";
import { brokenSplit } from "./sample-ratio";
import { controlOf, initialState, type AbTestState, type VariantState } from "./state";

/** A state and what there is to say about it. */
interface Step {
  readonly state: AbTestState;
  readonly events: readonly RolloutEvent[];
}

/**
 * One look at a test: takes what was observed into the state, and answers with the split: the declared one while it runs
 * and after it ended by itself, all to the control before it began and after it was stopped. It never promotes a winner:
 * that is for people. The same state and observation always give the same answer.
 */
export function decide(
  policy: AbTestPolicy,
  state: AbTestState | undefined,
  observation: Observation,
): Decision<AbTestState> {
  const before = state ?? initialState(policy, observation.at);
  const step = hasEnded(before) ? { state: before, events: [] } : stepFrom(policy, before, observation);
  const started = state === undefined ? [opened(policy, before)] : [];
  return { state: step.state, weights: weightsOf(policy, step.state), events: [...started, ...step.events] };
}

/** What the guardrails of each variant say. */
export function evidence(policy: AbTestPolicy, { variants }: AbTestState): readonly GateEvidence[] {
  return Object.entries(variants).flatMap(([name, { watch }]) =>
    evidenceOf(rulesOf(policy), pairOf(policy, name), watch).map((each) => ({ ...each, gate: `${name} ${each.gate}` })),
  );
}

/** The split that a state stands for. */
export function weightsOf(policy: AbTestPolicy, { phase }: AbTestState): Weights {
  if (phase === "running" || phase === "completed") return policy.split;
  return Object.fromEntries(policy.variants.map((name, index) => [name, index === 0 ? 100 : 0]));
}

const hasEnded = ({ phase }: AbTestState): boolean => phase === "completed" || phase === "stopped";

const pairOf = (policy: AbTestPolicy, variant: string): Pair<string> => ({
  trial: variant,
  baseline: controlOf(policy),
});

/** The guardrails of one variant: the chance of a false alarm is shared out over all of them. */
function rulesOf(policy: AbTestPolicy): AbTestPolicy {
  const known = rules.get(policy);
  if (known !== undefined) return known;
  const ofOne = { ...policy, falseAlarmRate: policy.falseAlarmRate / Math.max(1, policy.variants.length - 1) };
  rules.set(policy, ofOne);
  return ofOne;
}

const rules = new WeakMap<AbTestPolicy, AbTestPolicy>();

function opened({ variants, metric }: AbTestPolicy, { startedAt }: AbTestState): RolloutEvent {
  return { at: startedAt, kind: "started", message: `test of ${variants.join(", ")} by ${metric.name}` };
}

function stepFrom(policy: AbTestPolicy, before: AbTestState, observation: Observation): Step {
  const seen = takeIn(policy, before, observation);
  return seen.phase === "waiting" ? begin(policy, seen, observation) : run(policy, seen, observation);
}

function takeIn(policy: AbTestPolicy, state: AbTestState, { at, tracks }: Observation): AbTestState {
  const tallies: Record<string, Tally> = { ...state.tallies };
  for (const name of policy.variants) {
    const counts = tracks[name];
    if (counts !== undefined) tallies[name] = absorb(tallies[name], counts, [policy.metric.name]);
  }
  return { ...state, tallies, lookedAt: nextMoment(state.lookedAt, at) };
}

/** A track that is not ready would lose users that were assigned to it. */
function begin(policy: AbTestPolicy, state: AbTestState, observation: Observation): Step {
  const variants = mapVariants(state, (variant, name) => ({
    ...variant,
    watch: observe(rulesOf(policy), pairOf(policy, name), variant.watch, observation),
  }));
  const at = state.lookedAt;
  const message = whoIsUnready(policy.variants, policy.minReadyReplicas, observation);
  if (message !== undefined) {
    const events: RolloutEvent[] = state.saidWaiting ? [] : [{ at, kind: "waiting-for-capacity", message }];
    return { state: { ...state, variants, saidWaiting: true }, events };
  }
  const shares = policy.variants.map((name) => `${policy.split[name] ?? 0}% ${name}`).join(", ");
  return {
    state: {
      ...state,
      phase: "running",
      runningFrom: at,
      saidWaiting: false,
      base: state.tallies,
      variants: mapVariants({ variants }, (variant) => ({
        ...variant,
        watch: enterStage(rulesOf(policy), variant.watch, 0, 1),
      })),
    },
    events: [{ at, kind: "stage-entered", message: shares }],
  };
}

function run(policy: AbTestPolicy, before: AbTestState, observation: Observation): Step {
  const { state, harm } = watched(policy, before, observation);
  if (harm !== undefined) return stop(policy, state, `${harm.variant}, ${harm.gate}: ${harm.summary}`);
  const broken = brokenSplit(policy.split, requestsOf(policy, state));
  if (broken !== undefined) {
    const { track, declared, observed } = broken;
    const why = `the split is broken: ${track} got ${formatShare(observed / 100)} of the requests, ${declared}% was declared`;
    return stop(policy, state, why);
  }
  const judged = judge(policy, state);
  const isOver = state.lookedAt - state.runningFrom >= policy.durationSeconds;
  return isOver ? complete(policy, judged) : judged;
}

interface Watched {
  readonly state: AbTestState;
  readonly harm?: Harm & { readonly variant: string };
}

/** Looks at the guardrails of every variant; the first that is broken tells. */
function watched(policy: AbTestPolicy, state: AbTestState, observation: Observation): Watched {
  let harm: Watched["harm"];
  const variants = mapVariants(state, (variant, name) => {
    const seen = look(rulesOf(policy), pairOf(policy, name), variant.watch, observation);
    if (seen.harm !== undefined) harm ??= { ...seen.harm, variant: name };
    const found: VariantVerdict | undefined = seen.harm === undefined ? variant.found : "guardrail-broken";
    return { ...variant, watch: seen.watch, ...(found !== undefined && { found }) };
  });
  return { state: { ...state, variants }, ...(harm !== undefined && { harm }) };
}

function requestsOf({ variants }: AbTestPolicy, { tallies, base }: AbTestState): Record<string, number> {
  const requests = (of: AbTestState["base"], name: string) => (of[name]?.totals ?? noTotals).requests;
  return Object.fromEntries(variants.map((name) => [name, requests(tallies, name) - requests(base, name)]));
}

/** What the metric says of each variant; a win, or a loss, that is shown once is kept. */
function judge(policy: AbTestPolicy, before: AbTestState): Step {
  const scale = scaleOf(policy, valuesOf(policy, before, controlOf(policy)));
  const state: AbTestState = {
    ...before,
    variants: mapVariants(before, (variant) => ({
      ...variant,
      ...(variant.scale === undefined && scale !== undefined && { scale }),
    })),
  };
  const shown = resultsOf(policy, state).filter(
    ({ variant, verdict }) =>
      state.variants[variant]?.found === undefined && (verdict === "winner" || verdict === "worse"),
  );
  const found = new Map(shown.map(({ variant, verdict }) => [variant, verdict]));
  return {
    state: {
      ...state,
      variants: mapVariants(state, (variant, name) => {
        const verdict = found.get(name);
        return verdict === undefined ? variant : { ...variant, found: verdict };
      }),
    },
    events: shown.map(({ variant, verdict, summary }) => ({
      at: state.lookedAt,
      kind: "verdict",
      message: `${variant} is ${verdict === "winner" ? "a winner" : "worse"}: ${summary}`,
    })),
  };
}

function complete(policy: AbTestPolicy, { state, events }: Step): Step {
  const at = state.lookedAt;
  const results = resultsOf(policy, state).map(
    ({ variant, verdict, summary }) => `${variant}: ${verdict} (${summary})`,
  );
  const message = `after ${formatElapsed(at - state.runningFrom)} ${results.join("; ")}`;
  return { state: { ...state, phase: "completed" }, events: [...events, { at, kind: "completed", message }] };
}

function stop(policy: AbTestPolicy, state: AbTestState, why: string): Step {
  const at = state.lookedAt;
  const message = `${why}: stopped after ${formatElapsed(at - state.runningFrom)}, all traffic to ${controlOf(policy)}`;
  return {
    state: { ...state, phase: "stopped" },
    events: [
      { at, kind: "gate-failed", message: why },
      { at, kind: "rolled-back", message },
    ],
  };
}

function mapVariants(
  { variants }: Pick<AbTestState, "variants">,
  change: (variant: VariantState, name: string) => VariantState,
): AbTestState["variants"] {
  return Object.fromEntries(Object.entries(variants).map(([name, variant]) => [name, change(variant, name)]));
}
