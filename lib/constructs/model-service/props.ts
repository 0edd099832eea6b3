import type { ModelVersionProps, ServedProps } from "../common/props";

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
export interface ModelServiceProps extends ServedProps {
  /** The version to serve. */
  readonly model: ModelVersionProps;
}
