import { resolve } from "node:path";
import type { ModelConfig } from "../../config/settings";
import { reasonOf } from "../../core/start-up-error";
import { type FileSource, SourceError } from "../sources/file-source";
import { combine, type ModelDigest, sha256Mismatch } from "./checksum";
import { DiskSpace } from "./disk-space";
import { download, type Downloaded } from "./download";
import type { InstallOptions } from "./installed-model";
import { PartialFile } from "./partial-file";
import { readExternalFiles } from "./read-external-files";

/** A model that was downloaded completely, but is not in its place yet. */
export interface FetchedModel {
  readonly digest: ModelDigest;
  /** By path relative to the folder of the version, the model's own file last. */
  readonly files: ReadonlyMap<string, PartialFile>;
  readonly bytes: number;
  discard(): Promise<void>;
}

/** Downloads a model and its external data, and throws if they do not have the configured SHA-256. */
export async function fetchModel(
  source: FileSource,
  folder: string,
  model: ModelConfig,
  options: InstallOptions,
): Promise<FetchedModel> {
  const isRight = ({ digest }: FetchedModel): boolean =>
    model.sha256 === undefined || digest.sha256 === model.sha256.toLowerCase();
  let fetched = await fetchFiles(source, folder, model, options);
  if (!isRight(fetched)) await fetched.discard();
  // The partial files may have been parts of other files.
  if (!isRight(fetched) && fetched.isResumed) fetched = await fetchFiles(source, folder, model, options);
  if (isRight(fetched)) return fetched;
  await fetched.discard();
  throw sha256Mismatch(model.uri, model.sha256 ?? "", fetched.digest);
}

async function fetchFiles(
  source: FileSource,
  folder: string,
  { uri, root }: ModelConfig,
  options: InstallOptions,
): Promise<FetchedModel & { readonly isResumed: boolean }> {
  const { download: config, log, signal } = options;
  const space = new DiskSpace(resolve(root), config.diskLimitBytes, options.isInUse, log);
  const own = await PartialFile.in(folder, uri);
  const model = await download(source, own, { uri, config, space, log, signal });
  const externalFiles = await readExternalFiles(own.path, uri);
  const files = new Map<string, PartialFile>();
  const downloaded: Downloaded[] = [];
  for (const file of externalFiles) {
    const partial = await PartialFile.in(folder, `${uri} ${file}`, file);
    const context = { uri, config, space, log: log.child({ externalData: file }), signal };
    downloaded.push(await download(source.beside(file), partial, context).catch((error) => rejectFile(file, error)));
    files.set(file, partial);
  }
  files.set("model.onnx", own);
  const sums = externalFiles.map((file, i) => ({ file, sha256: downloaded[i]?.sha256 ?? "" }));
  return {
    digest: combine(model.sha256, sums),
    files,
    bytes: downloaded.reduce((sum, { bytes }) => sum + bytes, model.bytes),
    isResumed: [model, ...downloaded].some(({ isResumed }) => isResumed),
    async discard() {
      for (const partial of files.values()) await partial.discard();
    },
  };
}

/** Names the file of external data that cannot be read. */
export function rejectFile(file: string, error: unknown): never {
  if (!(error instanceof SourceError)) throw error;
  throw new SourceError(`its external data ${file}: ${reasonOf(error)}`, error.status);
}
