import { existsSync, mkdirSync, statSync, symlinkSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { DriverError } from "../common/driver-error";

/** A model to serve. */
export interface ServedModel {
  readonly name: string;
  readonly version: string;
  readonly uri: string;
}

/** Takes name and version from a path such as `…/NAME/VERSION/model.onnx`; otherwise uses the file's name and "1". */
export function resolveModel(path: string, given: { readonly name?: string; readonly version?: string }): ServedModel {
  const isUri = /^[a-z0-9+.-]+:\/\//i.test(path);
  if (!isUri) checkFile(path);
  const [, folder, version] = /([^/\\]+)[/\\](\d[^/\\]*)[/\\]model\.onnx$/.exec(isUri ? path : resolve(path)) ?? [];
  const name = given.name ?? folder ?? plainName(basename(path));
  return { name, version: given.version ?? version ?? "1", uri: isUri ? path : resolve(path) };
}

function checkFile(path: string): void {
  if (!existsSync(path)) throw new DriverError(`the file ${path} does not exist`);
  if (statSync(path).isDirectory()) throw new DriverError(`${path} is a folder; name the .onnx file in it`);
}

function plainName(file: string): string {
  const plain = file
    .replace(/\.onnx$/i, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "");
  return plain === "" ? "model" : plain;
}

/** Links a local file into a model repository, so that the server need not copy it. */
export function linkModel(root: string, { name, version, uri }: ServedModel): string {
  if (/^[a-z0-9+.-]+:\/\//i.test(uri)) return uri;
  const folder = join(root, name, version);
  mkdirSync(folder, { recursive: true });
  const link = join(folder, "model.onnx");
  symlinkSync(uri, link);
  return link;
}
