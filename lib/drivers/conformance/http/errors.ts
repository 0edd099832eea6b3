import type { Tensor } from "../../protocol/tensor";
import { jsonInput, jsonRequest } from "../../protocol/tensor-json";
import { items, Mismatch, NotApplicable, type Item, type Level } from "../item";
import { mustAgree, outputsOf } from "../outputs";
import type { Target } from "../target";
import { rejectionOf } from "./client";

/** A problem, and a request that has it: its body, and its path if that is not the model's. */
type InvalidRequest = readonly [level: Level, name: string, body: () => string, path?: string];

/** Invalid requests must be rejected with a reason, and must not affect later ones. */
export function errorItems(target: Target): Item[] {
  const { http, path } = target;
  const failures = new Set<string>();
  const refused = async ([, name, body, other = path]: InvalidRequest) => {
    const reply = await http.post(`${other}/infer`, body());
    if (reply.status >= 500) failures.add(`${name} (${reply.status})`);
    return rejectionOf(reply);
  };
  return items("HTTP", "errors", [
    ...invalidRequests(target).map((invalid) => [invalid[0], invalid[1], () => refused(invalid)] as const),
    [
      "expected",
      "all of these are client errors (4xx), none server errors (5xx)",
      async () => {
        if (failures.size > 0) throw new Mismatch([...failures].join(", "));
        return "4xx";
      },
    ],
    [
      "required",
      "a valid request is answered as before",
      async () => {
        mustAgree(outputsOf(await target.infer()), target.sample().answer);
        return "200";
      },
    ],
  ]);
}

function invalidRequests(target: Target): InvalidRequest[] {
  const inputs = () => target.sample().inputs;
  const first = () => inputs()[0] as Tensor;
  /** The sample with its first input changed. */
  const changed = (change: (first: Tensor) => Partial<Tensor>) => () =>
    jsonRequest([{ ...first(), ...change(first()) }, ...inputs().slice(1)]);
  const data = (text: (first: Tensor) => string) => () => withData(inputs(), text(first()));
  const renamed = { name: "no_such_input_here" };
  return [
    ["required", "an unknown model", () => jsonRequest(inputs()), "/v2/models/no-such-model-here"],
    ["expected", "an unknown version", () => jsonRequest(inputs()), `${target.path}/versions/98765`],
    ["required", "a body that is not JSON", () => '{"inputs": ['],
    ["required", "a body without inputs", () => "{}"],
    ["required", "no inputs", () => '{"inputs":[]}'],
    ["required", "fewer elements than the shape says", changed(({ elements }) => ({ elements: elements.slice(1) }))],
    [
      "required",
      "more elements than the shape says",
      changed(({ elements }) => ({ elements: [...elements, ...elements] })),
    ],
    ["required", "a shape of another rank than the model's", changed(({ shape }) => ({ shape: [...shape, 1, 1] }))],
    ["required", "another datatype than the model's", changed(otherDatatype)],
    ["required", "a datatype that does not exist", changed(() => ({ datatype: "FP31" }))],
    ["required", "an unknown input", changed(() => renamed)],
    ["expected", "one input twice", () => jsonRequest([...inputs(), first()])],
    [
      "expected",
      "an unknown input in addition to the others",
      () => jsonRequest([...inputs(), { ...first(), ...renamed }]),
    ],
    ["expected", "an unknown output", () => jsonRequest(inputs(), { outputs: [{ name: "no_such_output_here" }] })],
    ["expected", "a negative dimension", changed(({ shape }) => ({ shape: shape.map((size) => -size) }))],
    [
      "expected",
      "an element of another JSON type",
      data(({ elements }) => list(elements.map(() => '{"no":"element"}'))),
    ],
    ["expected", "a null element", data(nulls)],
    ["expected", "arrays nested a thousand deep", data(() => "[".repeat(1000) + "]".repeat(1000))],
  ];
}

function nulls({ datatype, elements }: Tensor): string {
  if (/^B?F/.test(datatype)) throw new NotApplicable("null may stand for NaN in floats");
  return list(elements.map(() => "null"));
}

function list(elements: readonly string[]): string {
  return `[${elements.join(",")}]`;
}

/** The sample with other data in its first input. */
function withData([first, ...rest]: readonly Tensor[], data: string): string {
  const { name, datatype, shape } = first as Tensor;
  const head = JSON.stringify({ name, datatype, shape }).slice(0, -1);
  return `{"inputs":[${[`${head},"data":${data}}`, ...rest.map(jsonInput)].join(",")}]}`;
}

function otherDatatype({ datatype, elements }: Tensor): Partial<Tensor> {
  return datatype === "INT32" ? { datatype: "FP64" } : { datatype: "INT32", elements: elements.map(() => 1) };
}
