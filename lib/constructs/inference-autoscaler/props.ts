import type { DeferredString } from "../../core/deferred";
import type { ObjectPatch } from "../../core/patch";
import type { AutoscalingProps } from "../common/props";

/**
 * Props of `InferenceAutoscaler`: an autoscaler for a Deployment that somebody else declares.
 *
 * @example
 * ```ts
 * new InferenceAutoscaler("triton", { deployment: "triton", autoscaling: { minReplicas: 3, cpuUtilization: 60 } });
 * ```
 */
export interface InferenceAutoscalerProps {
  /** Name of the Deployment. Its own program must not declare `replicas`. */
  readonly deployment: string;
  /**
   * How many replicas, and what makes them more.
   * @default - 2 to 20, by CPU at 70%
   */
  readonly autoscaling?: AutoscalingProps;
  /**
   * Namespace of the Deployment.
   * @default - the engine's own default
   */
  readonly namespace?: DeferredString;
  /**
   * Fields to merge into the autoscaler, under the role `autoscaler`.
   * @default - none
   */
  readonly overrides?: Record<string, ObjectPatch>;
}
