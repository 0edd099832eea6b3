/**
 * Compiled, never run: Pulumi's args must have exactly the members of the props, each optional where the prop is, and of
 * the same type when every `Input<string>` is replaced by a string.
 */
import type * as pulumi from "@pulumi/pulumi";
import { expectTypeOf } from "expect-type";
import type * as Props from "../../lib";
import type * as Args from "../../lib/adapters/pulumi/args";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type IsAny<T> = 0 extends 1 & T ? true : false;

/** Args whose deferred values are plain. In args, the type of an object patch is `any`. */
type Settled<T> =
  IsAny<T> extends true
    ? Props.ObjectPatch
    : Same<Exclude<T, undefined>, pulumi.Input<string>> extends true
      ? string | Extract<T, undefined>
      : T extends string | number | boolean | undefined
        ? T
        : T extends (infer Item)[]
          ? Settled<Item>[]
          : { [Key in keyof T]: Settled<T[Key]> };

expectTypeOf<Settled<Args.EvidenceCheck>>().toEqualTypeOf<Props.EvidenceCheckProps>();
expectTypeOf<Settled<Args.Evidence>>().toEqualTypeOf<Props.EvidenceProps>();
expectTypeOf<Settled<Args.WarmUp>>().toEqualTypeOf<Props.WarmUpProps>();
expectTypeOf<Settled<Args.ModelVersion>>().toEqualTypeOf<Props.ModelVersionProps>();
expectTypeOf<Settled<Args.Objectives>>().toEqualTypeOf<Props.ObjectivesProps>();
expectTypeOf<Settled<Args.Autoscaling>>().toEqualTypeOf<Props.AutoscalingProps>();
expectTypeOf<Settled<Args.Serving>>().toEqualTypeOf<Props.ServingProps>();
expectTypeOf<Settled<Args.Monitoring>>().toEqualTypeOf<Props.MonitoringProps>();
expectTypeOf<Settled<Args.Network>>().toEqualTypeOf<Props.NetworkProps>();
expectTypeOf<Settled<Args.IstioRouting>>().toEqualTypeOf<Props.IstioRoutingProps>();
expectTypeOf<Settled<Args.OnnxRuntime>>().toEqualTypeOf<Props.OnnxRuntimeProps>();
expectTypeOf<Settled<Args.Runtime>>().toEqualTypeOf<Props.RuntimeProps>();
expectTypeOf<Settled<Args.Routing>>().toEqualTypeOf<Props.RoutingProps>();
expectTypeOf<Settled<Args.InferenceAutoscalerArgs>>().toEqualTypeOf<Props.InferenceAutoscalerProps>();
expectTypeOf<Settled<Args.ModelServiceArgs>>().toEqualTypeOf<Props.ModelServiceProps>();
expectTypeOf<Settled<Args.DeclaredStage>>().toEqualTypeOf<Props.DeclaredStageProps>();
expectTypeOf<Settled<Args.CanaryTraffic>>().toEqualTypeOf<Props.CanaryTrafficProps>();
expectTypeOf<Settled<Args.BusinessMetric>>().toEqualTypeOf<Props.BusinessMetricProps>();
expectTypeOf<Settled<Args.Analysis>>().toEqualTypeOf<Props.AnalysisProps>();
expectTypeOf<Settled<Args.CanaryAnalysis>>().toEqualTypeOf<Props.CanaryAnalysisProps>();
expectTypeOf<Settled<Args.RolloutControl>>().toEqualTypeOf<Props.RolloutControlProps>();
expectTypeOf<Settled<Args.CanaryRolloutArgs>>().toEqualTypeOf<Props.CanaryRolloutProps>();
expectTypeOf<Settled<Args.Preview>>().toEqualTypeOf<Props.PreviewProps>();
expectTypeOf<Settled<Args.SmokeTest>>().toEqualTypeOf<Props.SmokeTestProps>();
expectTypeOf<Settled<Args.BlueGreenAnalysis>>().toEqualTypeOf<Props.BlueGreenAnalysisProps>();
expectTypeOf<Settled<Args.BlueGreenPairArgs>>().toEqualTypeOf<Props.BlueGreenPairProps>();
expectTypeOf<Settled<Args.BanditReward>>().toEqualTypeOf<Props.BanditRewardProps>();
expectTypeOf<Settled<Args.BanditWarmUp>>().toEqualTypeOf<Props.BanditWarmUpProps>();
expectTypeOf<Settled<Args.BanditTraffic>>().toEqualTypeOf<Props.BanditTrafficProps>();
expectTypeOf<Settled<Args.BanditRolloutArgs>>().toEqualTypeOf<Props.BanditRolloutProps>();
expectTypeOf<Settled<Args.PredictionComparison>>().toEqualTypeOf<Props.PredictionComparisonProps>();
expectTypeOf<Settled<Args.Agreement>>().toEqualTypeOf<Props.AgreementProps>();
expectTypeOf<Settled<Args.ShadowAnalysis>>().toEqualTypeOf<Props.ShadowAnalysisProps>();
expectTypeOf<Settled<Args.ShadowDeploymentArgs>>().toEqualTypeOf<Props.ShadowDeploymentProps>();
expectTypeOf<Settled<Args.AbMetric>>().toEqualTypeOf<Props.AbMetricProps>();
expectTypeOf<Settled<Args.CookieUnit>>().toEqualTypeOf<Props.CookieUnitProps>();
expectTypeOf<Settled<Args.HashedUnit>>().toEqualTypeOf<Props.HashedUnitProps>();
expectTypeOf<Settled<Args.HeaderUnit>>().toEqualTypeOf<Props.HeaderUnitProps>();
expectTypeOf<Settled<Args.AssignmentUnit>>().toEqualTypeOf<Props.AssignmentUnitProps>();
expectTypeOf<Settled<Args.AbExpectation>>().toEqualTypeOf<Props.AbExpectationProps>();
expectTypeOf<Settled<Args.AbTestArgs>>().toEqualTypeOf<Props.AbTestProps>();
