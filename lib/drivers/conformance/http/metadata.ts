import { isDatatype } from "../../protocol/tensor";
import { items, Mismatch, type Item } from "../item";
import type { Target } from "../target";
import { rejectionOf, successOf } from "./client";
import { needed } from "./health";

/** The metadata of the server and of its model. */
export function metadataItems({ http, path, model, version }: Target): Item[] {
  const modelAt = async (url: string) => modelMetadata(successOf(await http.get(url)), model);
  return items("HTTP", "metadata", [
    ["required", "of the server: name, version, extensions", async () => server(successOf(await http.get("/v2")))],
    ["required", "of the model: name, platform, inputs, outputs", () => modelAt(path)],
    [
      version === undefined ? "expected" : "required",
      "of a version of the model",
      () => modelAt(`${path}/versions/${needed(version)}`),
    ],
    [
      "required",
      "of an unknown model is rejected",
      async () => rejectionOf(await http.get("/v2/models/no-such-model-here")),
    ],
    [
      "expected",
      "of an unknown version is rejected",
      async () => rejectionOf(await http.get(`${path}/versions/98765`)),
    ],
    [
      "KServe",
      "a list of the models",
      async () => {
        const { models } = successOf(await http.get("/v2/models"));
        if (!Array.isArray(models) || !JSON.stringify(models).includes(model))
          throw new Mismatch(JSON.stringify(models));
        return JSON.stringify(models);
      },
    ],
  ]);
}

function server({ name, version, extensions }: Record<string, unknown>): string {
  if (typeof name !== "string" || name === "") throw new Mismatch("no `name`");
  if (typeof version !== "string") throw new Mismatch("no `version`");
  if (!isTexts(extensions)) throw new Mismatch("`extensions` is not a list of strings");
  return `${name} ${version} [${extensions.join(", ")}]`;
}

function modelMetadata({ name, platform, versions, inputs, outputs }: Record<string, unknown>, model: string): string {
  if (name !== model) throw new Mismatch(`the name ${JSON.stringify(name)}`);
  if (typeof platform !== "string") throw new Mismatch("no `platform`");
  if (versions !== undefined && versions !== null && !isTexts(versions))
    throw new Mismatch("`versions` is not a list of strings");
  return `${tensors("inputs", inputs)}; ${tensors("outputs", outputs)}`;
}

function tensors(kind: string, list: unknown): string {
  if (!Array.isArray(list) || list.length === 0) throw new Mismatch(`no \`${kind}\``);
  return list
    .map((each: unknown) => {
      const { name, datatype, shape } = Object(each) as Record<string, unknown>;
      if (typeof name !== "string" || typeof datatype !== "string") throw new Mismatch(`${kind}: no name or datatype`);
      if (!isDatatype(datatype)) throw new Mismatch(`${kind}: the unknown datatype ${datatype} of ${name}`);
      const isShape =
        Array.isArray(shape) && shape.every((dimension) => Number.isInteger(dimension) && dimension >= -1);
      if (!isShape) throw new Mismatch(`${kind}: the shape ${JSON.stringify(shape)} of ${name}`);
      return `${name} ${datatype} [${shape.join(", ")}]`;
    })
    .join(", ");
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}
