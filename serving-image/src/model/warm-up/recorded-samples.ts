import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LimitsConfig, ModelConfig } from "../../config/settings";
import { systemCodeOf } from "../../core/start-up-error";
import type { ModelSignature, Tensors } from "../../protocol/datatypes";
import { InferRequestReader } from "../../protocol/infer-request";
import type { InferDraft } from "../../protocol/inference";
import { readInstances } from "../../protocol/instances-request";
import { isObject, parseJson } from "../../protocol/json";
import { readJsonBody } from "../../protocol/json-request";
import { LocalFile, localPath } from "../sources/local-file";
import { readSmallFile } from "../sources/read-small-file";
import { sourceOf } from "../sources/source-of";

/** More samples would only make the start longer. */
const MAX_SAMPLES = 32;
const MAX_BYTES = 64 * 2 ** 20;
/** Next to the model file, or in the folder of the model, as Triton has it. */
const FOLDER = "warmup";
const FILE = /\.jsonl?$/;

/**
 * Reads the requests that a model is warmed up with: those of `warmUp.samples`, or else of the folder `warmup` next to the
 * model. Empty if there are none; throws if they cannot be read, or if the model does not have such inputs.
 */
export async function recordedSamples(
  path: string,
  { uri, warmUp }: ModelConfig,
  signature: ModelSignature,
  limits: LimitsConfig,
): Promise<Tensors[]> {
  const sources =
    warmUp.samples === undefined
      ? (await filesBeside([path, localPath(uri) ?? path])).map((file) => new LocalFile(file))
      : [sourceOf(warmUp.samples)];
  const reader = new InferRequestReader(signature, false, limits);
  const samples: Tensors[] = [];
  for (const source of sources) {
    const requests = requestsIn((await readSmallFile(source, MAX_BYTES)).toString());
    for (const text of requests.slice(0, MAX_SAMPLES - samples.length)) {
      samples.push(reader.read(draftOf(text, signature)).inputs);
    }
  }
  return samples;
}

/** A request of either protocol. */
function draftOf(text: string, signature: ModelSignature): InferDraft {
  const body = parseJson(text);
  const isInstances = isObject(body) && Object.hasOwn(body, "instances");
  return isInstances ? readInstances(body, text, signature) : readJsonBody(body, text);
}

async function filesBeside(models: readonly string[]): Promise<string[]> {
  const folders = new Set(
    models.flatMap((model) => [join(dirname(model), FOLDER), join(dirname(model), "..", FOLDER)]),
  );
  const files: string[] = [];
  for (const folder of folders) {
    const names = await readdir(folder).catch((error: unknown) => {
      if (systemCodeOf(error) === "ENOENT" || systemCodeOf(error) === "ENOTDIR") return [];
      throw error;
    });
    files.push(
      ...names
        .filter((name) => FILE.test(name))
        .sort()
        .map((name) => join(folder, name)),
    );
  }
  return files;
}

/**
 * The bodies of the requests in a file: one request, an array of them, one in each line, or the samples of a rehearsal.
 */
export function requestsIn(text: string): string[] {
  const content = parsed(text);
  if (content === undefined) return text.split("\n").filter((line) => line.trim() !== "");
  if (Array.isArray(content)) return content.map((request) => JSON.stringify(request));
  return isRehearsal(content) ? rehearsalRequests(content) : [text];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Several values are not valid JSON, but each line is.
    return undefined;
  }
}

interface RehearsalSamples {
  readonly inputs: readonly unknown[];
  readonly samples: readonly unknown[];
}

function isRehearsal(content: unknown): content is RehearsalSamples {
  return isObject(content) && Array.isArray(content.inputs) && Array.isArray(content.samples);
}

/** A rehearsal's samples have the shapes of the inputs once, and the data of each request. */
function rehearsalRequests({ inputs, samples }: RehearsalSamples): string[] {
  return samples.filter(isObject).map((sample) => {
    const data = isObject(sample.inputs) ? sample.inputs : {};
    const tensors = inputs.filter(isObject).map((input) => ({ ...input, data: data[String(input.name)] }));
    return JSON.stringify({ inputs: tensors });
  });
}
