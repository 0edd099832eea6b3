import { evenSplit } from "../../strategies/even-split";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import type { Weights } from "../../strategies/decision";
import { gatesOf } from "../common/gates";
import { trackOf } from "../common/track";
import type { ParsedAbTestProps } from "./schema";

/** The policy that the declared test is run by. */
export function abTestPolicy(props: ParsedAbTestProps): AbTestPolicy {
  const { metric, analysis, autoscaling } = props;
  const variants = props.variants.map((variant) => trackOf(props.name, variant).name);
  return {
    strategy: "ab-test",
    variants,
    split: splitOf(props, variants),
    metric,
    durationSeconds: props.duration,
    falseWinRate: props.falseWinRate,
    minReadyReplicas: autoscaling.minReplicas,
    gates: gatesOf(props.objectives, analysis),
    minimumSamples: analysis.minimumSamples,
    falseAlarmRate: analysis.falseAlarmRate,
  };
}

function splitOf({ split, variants }: ParsedAbTestProps, tracks: readonly string[]): Weights {
  if (split === undefined) return evenSplit(tracks);
  return Object.fromEntries(variants.map(({ version }, index) => [tracks[index] ?? "", split[version] ?? 0]));
}
