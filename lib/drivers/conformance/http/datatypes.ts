import { fitsJson, type Element } from "../../protocol/tensor";
import { jsonRequest } from "../../protocol/tensor-json";
import { items, Mismatch, type Item, type Level } from "../item";
import { mustAgree, outputsOf } from "../outputs";
import { binaryRequest, type Target } from "../target";
import { datatypesOf, echoOf, mustBeEqual, edgeInputs, withElements } from "../round-trip";
import { ifBinary } from "./binary";
import { rejectionOf } from "./client";

/** Integers of fewer than 64 bits, each with a value out of its range. */
const BEYOND: Readonly<Record<string, number>> = {
  UINT8: 256,
  INT8: 128,
  UINT16: 65_536,
  INT16: 32_768,
  UINT32: 2 ** 32,
  INT32: 2 ** 31,
};

/** The datatypes of this model's inputs. */
export function datatypeItems(target: Target): Item[] {
  return items(
    "HTTP",
    "datatypes",
    datatypesOf(target).flatMap((datatype) => itemsOf(target, datatype)),
  );
}

type Entry = readonly [level: Level, name: string, check: () => Promise<string>];

function itemsOf(target: Target, datatype: string): Entry[] {
  const { http, path } = target;
  const beyond = BEYOND[datatype];
  const fits = fitsJson(datatype);
  return [
    ...(fits
      ? [["required", `${datatype} as JSON, without loss`, () => roundTrip(target, datatype, false)] as const]
      : []),
    ["Triton", `${datatype} as bytes, without loss`, () => ifBinary(target, () => roundTrip(target, datatype, true))],
    ...(beyond === undefined
      ? []
      : [
          [
            "expected",
            `${datatype} refuses ${beyond}, which it cannot hold`,
            async () =>
              rejectionOf(await http.post(`${path}/infer`, jsonRequest(withElements(target, datatype, [beyond])))),
          ] as const,
        ]),
  ];
}

/** Exact for a model that echoes its inputs; for other models, both forms must agree. */
async function roundTrip(target: Target, datatype: string, asBytes: boolean): Promise<string> {
  const { http, path } = target;
  const echo = echoOf(target, datatype);
  const inputs = echo === undefined ? [...target.sample().inputs] : edgeInputs(target, datatype);
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
    return "the same answer (the model echoes nothing to compare)";
  }
  const sent = inputs.find(({ name }) => name === echo.input)?.elements ?? [];
  const output = outputs.find(({ name }) => name === echo.output);
  const got = output?.elements ?? [];
  if (!output?.asBytes) return inJson(datatype, reply.body.toString(), sent, got);
  return mustBeEqual(sent, got);
}

/** Reads 64-bit integers from the text, because parsing JSON rounds them. */
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
