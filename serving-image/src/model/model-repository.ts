import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { ModelConfig } from "../config/settings";
import { MODEL_NAME, MODEL_VERSION } from "../core/model-names";
import { systemCodeOf } from "../core/start-up-error";
import { newestFirst } from "./newest-first";

const FILE = "model.onnx";

/** The settings that a version of the repository has in common with another model. */
type LikeConfig = Pick<ModelConfig, "threads" | "cache" | "warmUp">;

/** Models in a folder with Triton's layout: `<root>/<model>/<version>/model.onnx`, optionally with `model.onnx.sha256`. */
export class ModelRepository {
  constructor(private readonly root: string) {}

  async models(): Promise<string[]> {
    return (await foldersIn(this.root)).filter((name) => MODEL_NAME.test(name)).sort();
  }

  /** The versions that have a model file, newest first. */
  async versionsOf(model: string): Promise<string[]> {
    if (!MODEL_NAME.test(model)) return [];
    const folder = join(this.root, model);
    const versions: string[] = [];
    for (const version of await foldersIn(folder)) {
      if (MODEL_VERSION.test(version) && (await isFile(join(folder, version, FILE)))) versions.push(version);
    }
    return newestFirst(versions, (version) => version);
  }

  /** The settings to load a version of the repository; those that it does not determine are copied from another model. */
  async configOf(model: string, version: string, like: LikeConfig): Promise<ModelConfig> {
    const uri = resolve(this.root, model, version, FILE);
    const sum = await readFile(`${uri}.sha256`, "utf8").catch(() => "");
    // The format of sha256sum: the hash, then the name of the file.
    const [sha256] = sum.trim().toLowerCase().split(/\s+/);
    return {
      name: model,
      version,
      uri,
      root: this.root,
      threads: like.threads,
      cache: like.cache,
      warmUp: like.warmUp,
      ...(sha256 && { sha256 }),
    };
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return [];
    throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
