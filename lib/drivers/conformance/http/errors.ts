import type { Tensor } from "../../protocol/tensor";
import { jsonInput, jsonRequest } from "../../protocol/tensor-json";
import { items, Mismatch, type Item, type Level } from "../item";
import { mustAgree, outputsOf } from "../outputs";
import type { Target } from "../target";
import { refusalOf } from "./client";

/** What is wrong with a request, and the request: its body, and the path where that is not the model's own. */
type Mistake = readonly [level: Level, name: string, body: () => string, path?: string];

/** Requests that are wrong must be told so, with a reason, and must do no harm. */
export function errorItems(target: Target): Item[] {
  const { http, path } = target;
  const faulted = new Set<string>();
  const refused = async ([, name, body, other = path]: Mistake) => {
    const reply = await http.post(`${other}/infer`, body());
    if (reply.status >= 500) faulted.add(`${name} (${reply.status})`);
    return refusalOf(reply);
  };
  return items("HTTP", "errors", [
    ...mistakes(target).map((mistake) => [mistake[0], mistake[1], () => refused(mistake)] as const),
    [
      "expected",
      "all of these are the caller's mistakes (4xx), none the server's (5xx)",
      async () => {
        if (faulted.size > 0) throw new Mismatch([...faulted].join(", "));
        return "4xx";
      },
    ],
    [
      "required",
      "after all that, answers as before",
      async () => {
        mustAgree(outputsOf(await target.infer()), target.sample().answer);
        return "200";
      },
    ],
  ]);
}

function mistakes(target: Target): Mistake[] {
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
    ["required", "a body that is no JSON", () => '{"inputs": ['],
    ["required", "a body without inputs", () => "{}"],
    ["required", "no input at all", () => '{"inputs":[]}'],
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
    ["expected", "an unknown input beside the others", () => jsonRequest([...inputs(), { ...first(), ...renamed }])],
    ["expected", "an unknown output", () => jsonRequest(inputs(), { outputs: [{ name: "no_such_output_here" }] })],
    ["expected", "a negative dimension", changed(({ shape }) => ({ shape: shape.map((size) => -size) }))],
    [
      "expected",
      "an element of another JSON type",
      data(({ elements }) => list(elements.map(() => '{"no":"element"}'))),
    ],
    ["expected", "an element that is null", data(({ elements }) => list(elements.map(() => "null")))],
    ["expected", "arrays nested a thousand deep", data(() => "[".repeat(1000) + "]".repeat(1000))],
  ];
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
