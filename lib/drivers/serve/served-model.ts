import { existsSync, mkdirSync, statSync, symlinkSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { DriverError } from "../common/driver-error";

/** A model to serve. */
export interface ServedModel {
  readonly name: string;
  readonly version: string;
  readonly uri: string;
}

/** A path that ends with `NAME/VERSION/model.onnx`, or with a number or a semantic version after a name. */
const NAME_AND_VERSION = /([^/\\]+)[/\\](?:(\d[^/\\]*)[/\\]model\.onnx|(\d+(?:\.\d+\.\d+(?:[-+][^/\\]*)?)?)[/\\]?)$/;

/** Takes name and version from a path such as `…/NAME/VERSION/model.onnx`; otherwise uses the file's name and "1". */
export function resolveModel(path: string, given: { readonly name?: string; readonly version?: string }): ServedModel {
  if (!isUri(path) && !existsSync(path)) throw new DriverError(`the file ${path} does not exist`);
  const uri = isUri(path) ? path : resolve(path);
  const [, folder, versionOfFile, versionOfFolder] = NAME_AND_VERSION.exec(uri) ?? [];
  const name = given.name ?? plainName(folder ?? basename(uri));
  return { name, version: given.version ?? versionOfFile ?? versionOfFolder ?? "1", uri };
}

function isUri(path: string): boolean {
  return /^(?:[a-z0-9+.-]+:\/\/|(?:models|runs|mlflow-artifacts|oci):\/)/i.test(path);
}

function plainName(file: string): string {
  const plain = file
    .replace(/\.onnx$/i, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "");
  return plain === "" ? "model" : plain;
}

/**
 * Links a local file into a model repository, so that the server need not copy it. The server itself finds the model in a
 * folder, or at a URI.
 */
export function linkModel(root: string, { name, version, uri }: ServedModel): string {
  if (isUri(uri) || statSync(uri).isDirectory()) return uri;
  const folder = join(root, name, version);
  mkdirSync(folder, { recursive: true });
  const link = join(folder, "model.onnx");
  symlinkSync(uri, link);
  return link;
}
