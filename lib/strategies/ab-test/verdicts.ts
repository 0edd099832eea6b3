import { eventAt, type Step } from "../rollout-state";
import type { Difference, VariantResult, VariantVerdict } from "../result";
import { mapVariants } from "./guardrails";
import { controlOf, type AbTestPolicy, type AbTestState, type VariantState } from "./policy";
import { resultsOf, scaleOf, valuesOf } from "./results";

/** What the metric shows about each variant. A verdict that its interval no longer supports is reported as changed. */
export function judgeVariants(policy: AbTestPolicy, before: AbTestState): Step<AbTestState> {
  const state = withScale(policy, before);
  const results = new Map(resultsOf(policy, state).map((result) => [result.variant, result]));
  const variants = mapVariants(state.variants, (variant, name) => withVerdict(variant, results.get(name)));
  const events = [...results.values()].flatMap((result) => {
    const [earlier, now] = [state.variants, variants].map((each) => each[result.variant]?.found);
    const message = describeVerdict(result, earlier, now);
    return message === undefined ? [] : [eventAt(state, "verdict", message)];
  });
  return { state: { ...state, variants }, events };
}

/** Fixes the scale of the differences, once the control has enough values. */
function withScale(policy: AbTestPolicy, state: AbTestState): AbTestState {
  const scale = scaleOf(policy, valuesOf(policy, state, controlOf(policy)));
  const variants = mapVariants(state.variants, (variant) => ({
    ...variant,
    ...(variant.scale === undefined && scale !== undefined && { scale }),
  }));
  return { ...state, variants };
}

function withVerdict(state: VariantState, result: VariantResult | undefined): VariantState {
  const { found, changedFrom, ...variant } = state;
  if (result?.difference === undefined || found === "guardrail-broken") return state;
  if (result.verdict === "winner" || result.verdict === "worse") return { ...variant, found: result.verdict };
  if (found !== undefined && isNearZero(result.difference)) return state;
  const earlier = found ?? changedFrom;
  return { ...variant, ...(earlier !== undefined && { changedFrom: earlier }) };
}

/** Share of an interval that may lie beyond 0 before a change is logged: an end that is close to 0 crosses it often. */
const NEAR_ZERO_SHARE = 0.1;

const isNearZero = ({ from, to }: Difference): boolean => Math.min(-from, to) <= NEAR_ZERO_SHARE * (to - from);

function describeVerdict(
  { variant, summary }: VariantResult,
  earlier: VariantVerdict | undefined,
  now: VariantVerdict | undefined,
): string | undefined {
  if (earlier === now) return undefined;
  if (now !== undefined) return `${variant} is ${nameOf(now)}: ${summary}`;
  return earlier && `${variant} is no longer ${nameOf(earlier)}: ${summary}`;
}

const nameOf = (verdict: VariantVerdict): string => (verdict === "winner" ? "a winner" : "worse");
