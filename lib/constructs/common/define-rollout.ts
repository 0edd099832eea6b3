import { Diagnostics } from "../../core/findings/diagnostics";
import { hasErrors } from "../../core/findings/finding";
import type { Plan } from "../../core/plan";
import type { Timetable } from "../../core/timetable";
import { routerOf } from "../../routing/registry";
import { runtimeOf } from "../../runtimes/registry";
import { strategyOf, type RolloutPolicy } from "../../strategies/registry";
import { assemblePlan, rejectedPlan } from "./assemble";
import { comparisonAlerts } from "./comparison";
import { checkExpectedTraffic, withPower } from "./power";
import { checkProduction, type NamedModel } from "./production";
import type {
  AnyCheckedRollout,
  AnyRollout,
  AnyRolloutDefinition,
  RolloutDefinition,
  RolloutPropsBase,
} from "./rollout";
import { checkDistinctVersions, checkRequirements, checkRollout } from "./rollout-guardrails";
import { rolloutMetadata, rolloutObjects, rolloutOwners, type RolloutParts } from "./rollout-objects";
import { trackOf } from "./track";

/**
 * The plan function of one kind of rollout. All of them take the same steps: parse the props, check them, derive the
 * tracks, the policy and the timetable, and make the objects. A plan with an error among its findings has no objects.
 */
export function defineRollout<
  Props extends RolloutPropsBase,
  Policy extends RolloutPolicy,
  Models extends readonly NamedModel[],
>(definition: RolloutDefinition<Props, Policy, Models>): (name: string, props: unknown) => Plan<Policy> {
  // From here on the types do not show the strategy: each definition receives only what it made itself.
  return (name, props) => planRollout(definition, name, props) as Plan<Policy>;
}

function planRollout(definition: AnyRolloutDefinition, name: string, props: unknown): Plan<RolloutPolicy> {
  const diagnostics = new Diagnostics();
  const parsed = definition.parse(name, props, diagnostics);
  const checked = parsed && checkedRollout(definition, parsed, diagnostics);
  const rollout = checked && plannedRollout(definition, checked, diagnostics);
  return rollout === undefined
    ? rejectedPlan(definition.construct, name, diagnostics)
    : rolloutPlan(definition, rollout, diagnostics);
}

/** The rollout of props that pass every check; otherwise undefined, and the findings say why. */
function checkedRollout(
  definition: AnyRolloutDefinition,
  props: RolloutPropsBase,
  diagnostics: Diagnostics,
): AnyCheckedRollout | undefined {
  const named = definition.models(props);
  const server = runtimeOf(props.runtime);
  checkRollout(props, server, diagnostics);
  definition.check(props, diagnostics);
  checkDistinctVersions(named, diagnostics);
  checkProduction(props, server, named, definition.exposesUsers ? named.slice(1) : [], diagnostics);
  const routing = routerOf(props.routing);
  if (routing === undefined || hasErrors(diagnostics.findings)) return undefined;
  const models = named.map(({ model }) => model);
  const tracks = models.map((model) => trackOf(props.name, model));
  return { props, models, tracks, routing, server, metadata: rolloutMetadata(props, models) };
}

/** The same with its policy, if the router and the runtime meet the requirements of its strategy. */
function plannedRollout(
  definition: AnyRolloutDefinition,
  checked: AnyCheckedRollout,
  diagnostics: Diagnostics,
): AnyRollout | undefined {
  const policy = definition.policy(checked);
  const needs = definition.routerNeeds?.(checked.props) ?? [];
  checkRequirements(strategyOf(policy).requirements(policy), needs, checked, diagnostics);
  const planned = { ...checked, policy };
  const power = definition.power?.(planned);
  if (power !== undefined) checkExpectedTraffic(power, checked.props.analysis.expectedRequestsPerSecond, diagnostics);
  return hasErrors(diagnostics.findings) ? undefined : planned;
}

function rolloutPlan(
  definition: AnyRolloutDefinition,
  rollout: AnyRollout,
  diagnostics: Diagnostics,
): Plan<RolloutPolicy> {
  const { props, policy, server, routing } = rollout;
  const parts = rolloutParts(definition, rollout);
  const plan = assemblePlan(
    {
      construct: definition.construct,
      name: props.name,
      objects: {
        ...definition.firstObjects?.(rollout),
        ...rolloutObjects(rollout, parts),
        ...definition.lastObjects?.(rollout),
      },
      tracks: parts.served.map((model) => trackOf(props.name, model)),
      owners: rolloutOwners(rollout, parts.served),
      overrides: props.overrides,
      fixedPaths: [routing.router.weightsPath],
      runtime: server.name,
      router: routing.name,
    },
    diagnostics,
  );
  return hasErrors(plan.findings) ? plan : { ...plan, timetable: parts.timetable, policy };
}

function rolloutParts(definition: AnyRolloutDefinition, rollout: AnyRollout): RolloutParts {
  const { props, models, policy } = rollout;
  return {
    served: definition.served?.(props) ?? models,
    autoscaling: (model) => definition.autoscaling?.(props, model) ?? props.autoscaling,
    split: definition.split?.(rollout) ?? strategyOf(policy).opening(policy),
    sticky: definition.sticky?.(rollout),
    timetable: timetableOf(definition, rollout),
    alerts: [...comparisonAlerts(rollout), ...(definition.alerts?.(rollout) ?? [])],
    extraObjects: definition.extraObjects?.(rollout) ?? {},
  };
}

function timetableOf(definition: AnyRolloutDefinition, rollout: AnyRollout): Timetable {
  const timetable = definition.timetable(rollout);
  const power = definition.power?.(rollout);
  return power === undefined
    ? timetable
    : withPower(timetable, power, rollout.props.analysis.expectedRequestsPerSecond);
}
