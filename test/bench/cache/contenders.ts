import { resolve } from "node:path";
import { DIGITS, slipway, type Contender } from "../serving/contenders";
import { jsonRequest } from "../serving/request";
import type { Request } from "../serving/load";

/** A model of milliseconds that is small as a file: one number in, one out. */
const SLOW = resolve("serving-image/test/models/slow.onnx");

export interface CacheKind {
  readonly name: string;
  /** The section `cache` of the settings; undefined for none. */
  readonly cache?: object;
}

export interface CacheContender extends Contender {
  readonly model: "slow" | "digits";
  readonly kind: string;
  /** Whether every request is for something new. */
  readonly isNew: boolean;
}

/** Each model with each cache: always the same request, and for the slow model also always a new one. */
export function contendersFor(kinds: readonly CacheKind[], scratch: string, firstPort: number): CacheContender[] {
  let port = firstPort;
  return kinds.flatMap(({ name: kind, cache }) => {
    const of = (model: "slow" | "digits", ask: (port: number) => Request, isNew: boolean): CacheContender => {
      const own = port++;
      const uri = model === "slow" ? SLOW : DIGITS;
      const settings = {
        grpc: { enabled: false },
        model: { name: "digits", version: "1.1.0", uri, root: `${scratch}/models-${own}` },
        // One request at a time, because concurrent requests could share a run.
        batching: { maxBatchSize: model === "slow" ? 1 : 32 },
        ...(cache && { cache }),
      };
      const name = `${model}, ${kind}${isNew ? ", all new" : ""}`;
      return { name, model, kind, isNew, program: slipway(own, scratch, settings), ask: ask(own) };
    };
    const same = [of("slow", sameNumber, false), of("digits", jsonRequest, false)];
    return cache ? [...same, of("slow", newNumbers, true), of("digits", newDigits, true)] : same;
  });
}

const urlOf = (port: number): string => `http://127.0.0.1:${port}/v2/models/digits/infer`;

function sameNumber(port: number): Request {
  const input = { name: "x", datatype: "FP32", shape: [1], data: [0.5] };
  return { url: urlOf(port), body: Buffer.from(JSON.stringify({ inputs: [input] })) };
}

function newNumbers(port: number): Request {
  return { url: urlOf(port), script: newEachTime('{"name":"x","datatype":"FP32","shape":[1],"data":[%.10g]}') };
}

/** A digit of which one pixel is new. */
function newDigits(port: number): Request {
  const pixels = `${"0,".repeat(63)}%.10g`;
  return {
    url: urlOf(port),
    script: newEachTime(`{"name":"image","datatype":"FP32","shape":[1,64],"data":[${pixels}]}`),
  };
}

/** Of the numbers from 0 to 1, 2^24 are whole multiples of 2^-24: all of them different as 32-bit floats. */
function newEachTime(input: string): string {
  return `
local n = (os.time() % 4096) * 4096
request = function()
  n = (n + 1) % 16777216
  return wrk.format("POST", nil, nil, string.format('{"inputs":[${input}]}', n / 16777216))
end
`;
}
