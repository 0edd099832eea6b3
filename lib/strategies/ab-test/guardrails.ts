import { worstFailure, type GateEvidence } from "../gates/evidence";
import { enterStage, evaluate, evidenceOf, type Regression } from "../monitor/evaluate";
import type { GateMonitor } from "../monitor/gate-monitor";
import { observe } from "../monitor/observe";
import type { Observation } from "../observation";
import type { Pair } from "../pair";
import { dispersionOf } from "./dispersion";
import { controlOf, type AbTestPolicy, type AbTestState, type VariantState } from "./policy";

type Variants = AbTestState["variants"];

/** The variants after an observation, and the first guardrail that failed, if any did. */
export interface GuardrailEvaluation {
  readonly variants: Variants;
  readonly regression?: Pick<Regression, "gate" | "summary"> & { readonly variant: string };
}

/** Adds an observation before the test starts, when there is nothing to judge. */
export function observeGuardrails(policy: AbTestPolicy, variants: Variants, observation: Observation): Variants {
  return mapVariants(variants, (variant, name) => ({
    ...variant,
    monitor: observe(rulesOf(policy), pairOf(policy, name), variant.monitor, observation).monitor,
  }));
}

/** The variants with the guardrails in force from the start of the test. */
export function startGuardrails(policy: AbTestPolicy, variants: Variants): Variants {
  return mapVariants(variants, (variant) => ({
    ...variant,
    monitor: enterStage(rulesOf(policy), variant.monitor, { stage: 0, stages: 1, hasControl: true }),
  }));
}

/** Adds an observation and evaluates the guardrails of every variant. */
export function evaluateGuardrails(
  policy: AbTestPolicy,
  state: AbTestState,
  observation: Observation,
): GuardrailEvaluation {
  let failed: GuardrailEvaluation["regression"];
  const variants = mapVariants(state.variants, (variant, name) => {
    const { monitor, regression: suspected } = evaluate(
      rulesOf(policy),
      pairOf(policy, name),
      variant.monitor,
      observation,
    );
    // Dispersion only weakens evidence, so it is computed only where there is enough evidence without it.
    const regression = suspected && worstFailure(evidenceOfVariant(policy, state, name, monitor));
    if (regression === undefined) return { ...variant, monitor };
    failed ??= { ...regression, variant: name };
    return { ...variant, monitor, found: "guardrail-broken" };
  });
  return { variants, ...(failed !== undefined && { regression: failed }) };
}

/** The state of the guardrails of each variant. */
export function evidence(policy: AbTestPolicy, state: AbTestState): readonly GateEvidence[] {
  return Object.entries(state.variants).flatMap(([name, { monitor }]) =>
    evidenceOfVariant(policy, state, name, monitor).map((each) => ({ ...each, gate: `${name} ${each.gate}` })),
  );
}

/** The evidence of requests and values, reduced by how much users differ from each other. */
function evidenceOfVariant(
  policy: AbTestPolicy,
  state: AbTestState,
  name: string,
  monitor: GateMonitor,
): readonly GateEvidence[] {
  return evidenceOf(rulesOf(policy), pairOf(policy, name), monitor).map((each) => {
    const logEvidence = each.logEvidence / dispersionOf(policy, state, name, each.gate);
    const isExplained = each.verdict === "fail" && logEvidence < each.logLimit;
    return { ...each, logEvidence, ...(isExplained && { verdict: "needs-more-samples" }) };
  });
}

export function mapVariants(
  variants: Variants,
  change: (variant: VariantState, name: string) => VariantState,
): Variants {
  return Object.fromEntries(Object.entries(variants).map(([name, variant]) => [name, change(variant, name)]));
}

const pairOf = (policy: AbTestPolicy, variant: string): Pair<string> => ({
  candidate: variant,
  baseline: controlOf(policy),
});

/** The rules of a single variant: the probability of a false alarm is divided among all of them. */
function rulesOf(policy: AbTestPolicy): AbTestPolicy {
  const known = RULES_OF_ONE.get(policy);
  if (known !== undefined) return known;
  const ofOne = { ...policy, falseAlarmRate: policy.falseAlarmRate / Math.max(1, policy.variants.length - 1) };
  RULES_OF_ONE.set(policy, ofOne);
  return ofOne;
}

/** The same object for every evaluation, because it is the key of a cache. */
const RULES_OF_ONE = new WeakMap<AbTestPolicy, AbTestPolicy>();
