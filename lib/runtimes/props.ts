import type { OnnxRuntimeProps } from "./onnx/props";

export type * from "./onnx/props";

/** What serves the models: exactly one member. */
export interface RuntimeProps {
  /**
   * The bundled ONNX server, built from `serving-image/Dockerfile`.
   * @default - with its own defaults, unless another member is set
   */
  readonly onnx?: OnnxRuntimeProps;
}
