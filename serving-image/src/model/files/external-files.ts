import { posix } from "node:path";
import { StartUpCode, type StartUpError, startUpError } from "../../core/start-up-error";
import type { ExternalTensor } from "../graph/onnx-model";
import { readOnnxFile } from "../graph/read-onnx";
import { MalformedModelError } from "../graph/wire-reader";

/** The names of what the server itself keeps in the folder of a model version. */
const RESERVED = /^(?:model\.onnx(?:\.sig|\.sha256)?|\.fetched\.json|\.model\.onnx\..*|\.external-.*|.*\.before)$/;
const UNPRINTABLE = /[\p{Cc}\\]/u;

/**
 * The files next to a model that contain a part of it, as paths relative to its folder, in the order of their bytes. The
 * graph of the model names them; a file that is not an ONNX model has none.
 *
 * @param uri where the model is from, for messages
 */
export function externalFilesOf(path: string, uri: string): readonly string[] {
  const files = new Set<string>();
  for (const tensor of externalTensorsOf(path)) files.add(fileOf(tensor, uri));
  return [...files].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function externalTensorsOf(path: string): readonly ExternalTensor[] {
  try {
    return readOnnxFile(path).externalTensors;
  } catch (error) {
    if (error instanceof MalformedModelError) return [];
    throw error;
  }
}

function fileOf({ name, location }: ExternalTensor, uri: string): string {
  const shown = JSON.stringify(location);
  const about = `its tensor "${name}" has external data at ${shown}, which`;
  const isOutside = location.startsWith("/") || /^[A-Za-z]:/.test(location) || location.split("/").includes("..");
  if (isOutside) throw externalDataOutside(uri, `${about} is outside the folder of the model.`);
  const file = posix.normalize(location);
  // The runtime takes this name for an address in its own memory.
  const isName = file !== "." && !file.endsWith("/") && !file.includes("*/") && !UNPRINTABLE.test(file);
  if (!isName) throw externalDataOutside(uri, `${about} is not the name of a file.`);
  if (RESERVED.test(file)) throw externalDataOutside(uri, `${about} is a name that the server itself uses.`);
  return file;
}

export function externalDataOutside(uri: string, message: string): StartUpError {
  return startUpError(
    StartUpCode.ExternalDataRefused,
    uri,
    message,
    "Save the model again with its data in the same folder (onnx.save_model with save_as_external_data=True).",
  );
}
