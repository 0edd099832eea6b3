import { fitsJson, sizeOf, type Element, type Tensor } from "../../protocol/tensor";
import { jsonRequest } from "../../protocol/tensor-json";
import { items, Mismatch, NotOffered, type Item, type Level } from "../item";
import { mustAgree, outputsOf } from "../outputs";
import { binaryRequest, type Target } from "../target";
import { ifBinary } from "./binary";
import { refusalOf } from "./client";

/** Elements that show whether a datatype is carried to its last digit. */
const TELLING: Readonly<Record<string, readonly Element[]>> = {
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

/** Whole numbers of fewer than 64 bits, and one that each cannot hold. */
const BEYOND: Readonly<Record<string, number>> = {
  UINT8: 256,
  INT8: 128,
  UINT16: 65_536,
  INT16: 32_768,
  UINT32: 2 ** 32,
  INT32: 2 ** 31,
};

/** The datatypes that this model takes. */
export function datatypeItems(target: Target): Item[] {
  const datatypes = [...new Set(target.inputs.map(({ datatype }) => datatype))];
  return items(
    "HTTP",
    "datatypes",
    datatypes.flatMap((datatype) => itemsOf(target, datatype)),
  );
}

type Entry = readonly [level: Level, name: string, check: () => Promise<string>];

function itemsOf(target: Target, datatype: string): Entry[] {
  const { http, path } = target;
  const beyond = BEYOND[datatype];
  const fits = fitsJson(datatype);
  return [
    ...(fits
      ? [["required", `${datatype} as JSON, to the last digit`, () => carried(target, datatype, false)] as const]
      : []),
    ["Triton", `${datatype} as bytes, to the last bit`, () => ifBinary(target, () => carried(target, datatype, true))],
    ...(beyond === undefined
      ? []
      : [
          [
            "expected",
            `${datatype} refuses ${beyond}, which it cannot hold`,
            async () =>
              refusalOf(await http.post(`${path}/infer`, jsonRequest(withElements(target, datatype, [beyond])))),
          ] as const,
        ]),
  ];
}

/** The sample with other elements in every input of a datatype. */
function withElements(target: Target, datatype: string, elements: readonly Element[]): Tensor[] {
  return target.sample().inputs.map((input) =>
    input.datatype === datatype
      ? {
          ...input,
          elements: Array.from({ length: sizeOf(input.shape) }, (_, at) => elements[at % elements.length] as Element),
        }
      : input,
  );
}

/** Seen by a model that gives back what it is given; of other models only that both ways say the same. */
async function carried(target: Target, datatype: string, asBytes: boolean): Promise<string> {
  const { http, path } = target;
  const echo = echoOf(target, datatype);
  const inputs =
    echo === undefined ? [...target.sample().inputs] : withElements(target, datatype, TELLING[datatype] ?? []);
  const names = target.sample().answer.map(({ name }) => name);
  const { body, headers } = binaryRequest(inputs, {
    outputs: names.map((name) => ({ name, parameters: { binary_data: true } })),
  });
  const reply = asBytes
    ? await http.post(`${path}/infer`, body, headers)
    : await http.post(`${path}/infer`, jsonRequest(inputs));
  const outputs = outputsOf(reply);
  if (echo === undefined) {
    mustAgree(outputs, target.sample().answer);
    return "the same answer (the model gives nothing back to compare)";
  }
  const sent = inputs.find(({ name }) => name === echo.input)?.elements ?? [];
  const output = outputs.find(({ name }) => name === echo.output);
  const got = output?.elements ?? [];
  if (!output?.asBytes) return inJson(datatype, reply.body.toString(), sent, got);
  const wrong = sent.findIndex((element, at) => element !== got[at]);
  if (wrong !== -1) throw new Mismatch(`${sent[wrong]} came back as ${got[wrong]}`);
  return `${sent.slice(0, 2).join(", ")} came back`;
}

/** Numbers of 64 bits are looked for in the text, for reading JSON rounds them. */
function inJson(datatype: string, text: string, sent: readonly Element[], got: readonly Element[]): string {
  const wrong = sent.findIndex((element, at) => {
    if (typeof element === "bigint") return !text.includes(String(element));
    const back = got[at];
    if (datatype === "FP32") return Math.fround(Number(element)) !== Math.fround(Number(back));
    return typeof element === "boolean" ? Boolean(back) !== element : element !== back;
  });
  if (wrong !== -1) throw new Mismatch(`${sent[wrong]} came back as ${got[wrong]}`);
  return `${sent.slice(0, 2).join(", ")} came back`;
}

/** An input of a datatype and the output that repeats it. */
function echoOf(target: Target, datatype: string): { input: string; output: string } | undefined {
  const { inputs, answer } = target.sample();
  const input = inputs.find((each) => each.datatype === datatype);
  if (input === undefined) throw new NotOffered(`the request has no ${datatype}`);
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
