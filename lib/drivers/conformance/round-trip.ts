import { sizeOf, type Element, type Tensor } from "../protocol/tensor";
import { Mismatch, NotApplicable } from "./item";
import type { Target } from "./target";

/** Elements that only an exact round trip preserves. */
const EDGE_ELEMENTS: Readonly<Record<string, readonly Element[]>> = {
  BOOL: [true, false],
  UINT8: [255, 0],
  UINT16: [65_535, 1],
  UINT32: [4_294_967_295, 1],
  UINT64: [18_446_744_073_709_551_615n, 9_007_199_254_740_993n],
  INT8: [-128, 127],
  INT16: [-32_768, 32_767],
  INT32: [-2_147_483_648, 2_147_483_647],
  INT64: [-9_223_372_036_854_775_808n, 9_007_199_254_740_993n],
  FP16: [1.5, 0.25],
  FP32: [Math.fround(0.1), -2.5],
  FP64: [0.1, 1e300],
  BYTES: ["ü水", '"\n'],
};

/** The datatypes of a model's inputs. */
export function datatypesOf({ inputs }: Target): string[] {
  return [...new Set(inputs.map(({ datatype }) => datatype))];
}

/** The sample with these elements in every input of a datatype. */
export function edgeInputs(target: Target, datatype: string): Tensor[] {
  return withElements(target, datatype, EDGE_ELEMENTS[datatype] ?? []);
}

/** The sample with other elements in every input of a datatype. */
export function withElements(target: Target, datatype: string, elements: readonly Element[]): Tensor[] {
  return target.sample().inputs.map((input) =>
    input.datatype === datatype
      ? {
          ...input,
          elements: Array.from({ length: sizeOf(input.shape) }, (_, at) => elements[at % elements.length] as Element),
        }
      : input,
  );
}

/** An input of a datatype and the output that repeats it. */
export function echoOf(target: Target, datatype: string): { input: string; output: string } | undefined {
  const { inputs, answer } = target.sample();
  const input = inputs.find((each) => each.datatype === datatype);
  if (input === undefined) throw new NotApplicable(`the request has no ${datatype}`);
  const isEcho = (output: (typeof answer)[number]) =>
    output.datatype === datatype &&
    String(output.shape) === String(input.shape) &&
    input.elements.every(
      (element, at) =>
        String(Number(element) || element) === String(Number(output.elements[at]) || output.elements[at]),
    );
  const [output, ambiguous] = answer.filter(isEcho);
  return output === undefined || ambiguous !== undefined ? undefined : { input: input.name, output: output.name };
}

/** Elements must have come back exactly as they were sent. */
export function mustBeEqual(sent: readonly Element[], got: readonly Element[]): string {
  const wrong = sent.findIndex((element, at) => element !== got[at]);
  if (wrong !== -1) throw new Mismatch(`${sent[wrong]} came back as ${got[wrong]}`);
  return `${sent.slice(0, 2).join(", ")} came back`;
}
