import { dirname, join } from "node:path";
import type { ModelConfig } from "../../config/settings";
import { StartUpError } from "../../core/start-up-error";
import { LocalFile, localPath } from "../sources/local-file";
import { sourceOf } from "../sources/source-of";
import { digestOf, type ModelDigest, sha256Mismatch } from "./checksum";
import { markUsed } from "./disk-space";
import type { InstalledModel, InstallOptions } from "./installed-model";
import { privateCopyOf } from "./private-copy";
import { readExternalFiles } from "./read-external-files";
import { exists } from "./replace-files";
import { checkedSignature, SIGNATURE_SUFFIX } from "./signature";

const noop = (): Promise<void> => Promise.resolve();

/** The model that is already at its path, if it is the configured one. */
export async function presentModel(
  model: ModelConfig,
  path: string,
  options: InstallOptions,
): Promise<InstalledModel | undefined> {
  const isSource = localPath(model.uri) === path;
  if (!(await exists(path))) return undefined;
  if (isSource) return modelInPlace(model, path, options);
  // Without a configured SHA-256, only a file that is itself the source is known to be the right one.
  if (model.sha256 === undefined) return undefined;
  const digest = await digestOfPresent(path, model.uri);
  if (digest?.sha256 !== model.sha256) return undefined;
  await verify(model, path, path, digest, options);
  return { path, sha256: digest.sha256, commit: noop, rollBack: noop, release: noop };
}

/** The sums of the files that are there; undefined if they are not a whole model. */
async function digestOfPresent(path: string, uri: string): Promise<ModelDigest | undefined> {
  try {
    const externalFiles = await readExternalFiles(path, uri);
    const isThere = await Promise.all(externalFiles.map((file) => exists(join(dirname(path), file))));
    return isThere.includes(false) ? undefined : await digestOf(path, externalFiles);
  } catch (error) {
    if (error instanceof StartUpError) return undefined;
    throw error;
  }
}

/** The model at its path, which is also its source: it may be changed at any time. */
async function modelInPlace(model: ModelConfig, path: string, options: InstallOptions): Promise<InstalledModel> {
  const copy = await privateCopyOf(new LocalFile(path));
  const release = copy?.remove ?? noop;
  try {
    const loaded = copy?.path ?? path;
    const digest = await digestOf(loaded, copy?.externalFiles ?? []);
    if (model.sha256 !== undefined && digest.sha256 !== model.sha256) {
      throw sha256Mismatch(model.uri, model.sha256, digest);
    }
    await verify(model, path, loaded, digest, options);
    return { path: loaded, sha256: digest.sha256, commit: noop, rollBack: noop, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** @param loaded the file that will be loaded, which is the one at the path or a copy of it */
async function verify(
  { uri }: ModelConfig,
  path: string,
  loaded: string,
  digest: ModelDigest,
  options: InstallOptions,
): Promise<void> {
  const hasSignature = await exists(path + SIGNATURE_SUFFIX);
  const source = hasSignature ? new LocalFile(path) : sourceOf(uri);
  await checkedSignature(source, loaded, digest, uri, options);
  await markUsed(path);
}
