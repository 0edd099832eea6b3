import { sampleInputs } from "../protocol/sample-inputs";
import type { TensorSpec } from "../protocol/tensor";
import { curlLine } from "./curl-line";

interface ModelMetadata {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/** The inputs and outputs of a served model. */
export async function readMetadata(modelUrl: string): Promise<ModelMetadata> {
  const answer = await fetch(modelUrl);
  if (!answer.ok) throw new Error(`${modelUrl} answered ${answer.status}`);
  return (await answer.json()) as ModelMetadata;
}

/** A curl command that the model has just answered; undefined if no input generated from its metadata fits. */
export async function workingCurlLine(
  modelUrl: string,
  { inputs, outputs }: ModelMetadata,
): Promise<string | undefined> {
  const url = `${modelUrl}/infer`;
  for (const sample of sampleInputs(inputs, ["zeros", "ones"])) {
    const { line, body, headers } = curlLine(url, sample, outputs);
    const answer = await fetch(url, { method: "POST", body, headers });
    await answer.arrayBuffer();
    if (answer.ok) return line;
  }
  return undefined;
}
