/** Path of a model's inferences in the Open Inference Protocol. */
export function inferencePath(model: string): string {
  return `/v2/models/${model}/infer`;
}
