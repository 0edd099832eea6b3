import type { Diagnostics } from "../../core/findings/diagnostics";
import type { Manifest, ObjectMeta } from "../../core/manifest";
import type { PlannedObject, Track } from "../../core/plan";
import type { Timetable } from "../../core/timetable";
import type { RuleGroup } from "../../kubernetes/prometheus-rule";
import type { ConfiguredRouter, RouterNeed } from "../../routing/registry";
import type { StickyAssignment } from "../../routing/router";
import type { ConfiguredRuntime } from "../../runtimes/registry";
import type { Split } from "../../strategies/decision";
import type { RolloutPolicy } from "../../strategies/registry";
import type { Power } from "./power";
import type { NamedModel } from "./production";
import type { BusinessMetric, Comparison, ParsedRolloutProps } from "./rollout-schema";
import type { Autoscaling, ModelVersion } from "./schema";

/** Props that every rollout has, parsed. */
export type RolloutPropsBase = ParsedRolloutProps & {
  readonly analysis: Comparison & {
    readonly metrics?: readonly BusinessMetric[];
    readonly expectedRequestsPerSecond?: number | undefined;
  };
};

/** A track for each version. */
export type TracksOf<Models extends readonly NamedModel[]> = { readonly [Index in keyof Models]: Track };

/** A rollout whose props passed the checks. */
export interface CheckedRollout<Props, Models extends readonly NamedModel[]> {
  readonly props: Props;
  /** Every version that takes part, the baseline first, and its track. */
  readonly models: readonly ModelVersion[];
  readonly tracks: TracksOf<Models>;
  readonly routing: ConfiguredRouter;
  readonly server: ConfiguredRuntime;
  /** Name and labels of the objects that belong to the versions together. */
  readonly metadata: ObjectMeta;
}

/** The same with the policy that runs it. */
export interface PlannedRollout<Props, Policy, Models extends readonly NamedModel[]> extends CheckedRollout<
  Props,
  Models
> {
  readonly policy: Policy;
}

/** Any rollout, as the code that all of them share sees it. */
export type AnyCheckedRollout = CheckedRollout<RolloutPropsBase, readonly NamedModel[]>;
export type AnyRollout = PlannedRollout<RolloutPropsBase, RolloutPolicy, readonly NamedModel[]>;
export type AnyRolloutDefinition = RolloutDefinition<RolloutPropsBase, RolloutPolicy, readonly NamedModel[]>;

/** What makes one kind of rollout; everything else is the same for all of them. */
export interface RolloutDefinition<
  Props extends RolloutPropsBase,
  Policy extends RolloutPolicy,
  Models extends readonly NamedModel[],
> {
  /** Name of the construct's class. */
  readonly construct: string;
  parse(name: string, props: unknown, diagnostics: Diagnostics): Props | undefined;
  /** Every version that takes part, the baseline first, and the path of its props. */
  models(props: Props): Models;
  /** Whether candidates need evidence before they run in production: they do if they serve users. */
  readonly exposesUsers: boolean;
  /** Checks the rules across the props. */
  check(props: Props, diagnostics: Diagnostics): void;
  /** What the props require of the router, in addition to the requirements of the strategy. */
  routerNeeds?(props: Props): readonly RouterNeed[];
  policy(rollout: CheckedRollout<Props, Models>): Policy;
  /** The split that the program declares; undefined for the strategy's opening split. */
  split?(rollout: PlannedRollout<Props, Policy, Models>): Split | undefined;
  /** How users are pinned to tracks. By default they are not. */
  sticky?(rollout: PlannedRollout<Props, Policy, Models>): StickyAssignment | undefined;
  timetable(rollout: PlannedRollout<Props, Policy, Models>): Timetable;
  /** What it can see; by default its timetable does not say. */
  power?(rollout: PlannedRollout<Props, Policy, Models>): Power;
  /** Versions that run. By default all. */
  served?(props: Props): readonly ModelVersion[];
  /** How many replicas a version has. By default what the props say. */
  autoscaling?(props: Props, model: ModelVersion): Autoscaling;
  /** Alerts besides those on the comparison of each candidate with the baseline. */
  alerts?(rollout: PlannedRollout<Props, Policy, Models>): readonly RuleGroup[];
  /** Further objects that belong to the versions together, by kind of role. */
  extraObjects?(rollout: PlannedRollout<Props, Policy, Models>): Readonly<Record<string, Manifest>>;
  /** Objects with a role of their own, before and after all others. */
  firstObjects?(rollout: PlannedRollout<Props, Policy, Models>): Readonly<Record<string, PlannedObject>>;
  lastObjects?(rollout: PlannedRollout<Props, Policy, Models>): Readonly<Record<string, PlannedObject>>;
}
