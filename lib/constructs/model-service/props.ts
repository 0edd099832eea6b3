import type { Environment } from "../../core/environment";
import type { LateString } from "../../core/late";
import type { ObjectPatch } from "../../core/patch";
import type {
  AutoscalingProps,
  ModelVersionProps,
  MonitoringProps,
  NetworkProps,
  ObjectivesProps,
  ServingProps,
} from "../common/props";

/**
 * Props of `ModelService`: one model version, served.
 *
 * @example
 * ```ts
 * new ModelService("recommender", {
 *   model: { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx" },
 *   objectives: { latencyP95: "100ms", errorRate: 0.001 },
 * });
 * ```
 */
export interface ModelServiceProps {
  /** The version to serve. */
  readonly model: ModelVersionProps;
  /** What users are promised. */
  readonly objectives: ObjectivesProps;
  /**
   * How many replicas.
   * @default - 2 to 20, by CPU at 70 %
   */
  readonly autoscaling?: AutoscalingProps;
  /**
   * The container.
   * @default - the bundled ONNX image with 500m CPU and 512Mi
   */
  readonly serving?: ServingProps;
  /**
   * How it is watched.
   * @default - every 15 s, selected by kube-prometheus-stack
   */
  readonly monitoring?: MonitoringProps;
  /**
   * Who may reach it.
   * @default - the gateway's and Prometheus's namespaces
   */
  readonly network?: NetworkProps;
  /**
   * How strict the guardrails are.
   * @default "development"
   */
  readonly environment?: Environment;
  /**
   * Namespace of all objects. Give a plain name where you can: alerts then look at this namespace alone.
   * @default - the engine's own default
   */
  readonly namespace?: LateString;
  /**
   * Labels on every object.
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * Fields to merge into single objects, by role such as `2-3-0-deployment`, or by kind of role such as `deployment`.
   * @default - none
   */
  readonly overrides?: Record<string, ObjectPatch>;
}
