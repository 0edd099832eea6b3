import type { DeferredString } from "../../core/deferred";
import type { ObjectPatch } from "../../core/patch";
import type { AutoscalingProps } from "../common/props";

/**
 * Props of `InferenceAutoscaler`: an autoscaler for a Deployment that is declared elsewhere.
 *
 * @example
 * ```ts
 * new InferenceAutoscaler("triton", { deployment: "triton", autoscaling: { minReplicas: 3, cpuUtilization: 60 } });
 * ```
 */
export interface InferenceAutoscalerProps {
  /** Name of the Deployment. The program that declares it must not set `replicas`. */
  readonly deployment: string;
  /**
   * How many replicas, and what scales them.
   * @default - 2 to 20, by CPU at 70%
   */
  readonly autoscaling?: AutoscalingProps;
  /**
   * Namespace of the Deployment.
   * @default - the default of the engine
   */
  readonly namespace?: DeferredString;
  /**
   * Fields to merge into the autoscaler, under the role `autoscaler`.
   * @default - none
   */
  readonly overrides?: Record<string, ObjectPatch>;
}
