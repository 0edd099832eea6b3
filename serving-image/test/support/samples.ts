import { readFileSync } from "node:fs";
import { SAMPLES } from "./server-process";

interface Sample {
  readonly inputs: { readonly image: readonly number[] };
  readonly label: number;
  readonly expected: Readonly<
    Record<string, { readonly label: readonly number[]; readonly probabilities: readonly number[] }>
  >;
}

/** The recorded digits, with the predictions of each version in training. */
export const samples: readonly Sample[] = JSON.parse(readFileSync(SAMPLES, "utf8")).samples;

/** A request with one recorded digit. */
export function requestFor(i: number): { inputs: object[] } {
  const image = samples[i % samples.length]?.inputs.image;
  return { inputs: [{ name: "image", datatype: "FP32", shape: [1, 64], data: image }] };
}
