import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { ModelConfig } from "../config/settings";
import type { Log } from "../core/log";
import { isOrderedVersion, MODEL_NAME, SHA256 } from "../core/model-names";
import { StartUpCode, startUpError, systemCodeOf } from "../core/start-up-error";
import { newestFirst } from "./newest-first";

const FILE = "model.onnx";
const VERSION_RULE = "it is neither a whole number without leading zeros nor a semantic version such as 1.0.0";

/** The settings that a version of the repository has in common with another model. */
type LikeConfig = Pick<ModelConfig, "threads" | "cache" | "warmUp">;

/** Models in a folder with Triton's layout: `<root>/<model>/<version>/model.onnx`, optionally with `model.onnx.sha256`. */
export class ModelRepository {
  /** The folders that were reported as ignored, so that each is reported once. */
  private readonly reported = new Set<string>();

  constructor(
    private readonly root: string,
    private readonly log: Log,
  ) {}

  async models(): Promise<string[]> {
    return (await foldersIn(this.root)).filter((name) => MODEL_NAME.test(name)).sort();
  }

  /** The versions that have a model file, newest first. Any other folder is ignored, and the log says why. */
  async versionsOf(model: string): Promise<string[]> {
    if (!MODEL_NAME.test(model)) return [];
    const folder = join(this.root, model);
    const versions: string[] = [];
    for (const name of await foldersIn(folder)) {
      const path = join(folder, name);
      const [isVersion, hasModel] = [isOrderedVersion(name), await isFile(join(path, FILE))];
      if (isVersion && hasModel) versions.push(name);
      else if (hasModel) this.ignore(path, `"${name}" is not a version: ${VERSION_RULE}`);
      else if (isVersion) this.ignore(path, `there is no ${FILE} in it`);
    }
    return newestFirst(versions, (version) => version);
  }

  /** The settings to load a version of the repository; those that it does not determine are copied from another model. */
  async configOf(model: string, version: string, like: LikeConfig): Promise<ModelConfig> {
    const uri = resolve(this.root, model, version, FILE);
    const sha256 = await recordedSha256(uri);
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

  private ignore(path: string, reason: string): void {
    const both = `${path}: ${reason}`;
    if (this.reported.has(both)) return;
    this.reported.add(both);
    this.log.warn({ path, reason }, "a folder of the model repository is ignored");
  }
}

/** The SHA-256 in `<file>.sha256`, in the format of sha256sum: the sum, then the name of the file. */
async function recordedSha256(path: string): Promise<string | undefined> {
  const file = `${path}.sha256`;
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const [sum = ""] = text.trim().toLowerCase().split(/\s+/);
  if (SHA256.test(sum)) return sum;
  throw startUpError(
    StartUpCode.ModelSha256Differs,
    file,
    "does not begin with a SHA-256.",
    `Write the output of \`sha256sum ${FILE}\` to it, or delete it.`,
  );
}

/** The names of the folders in a folder, and of symbolic links to folders, which git-sync and ConfigMaps use. */
async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const visible = entries.filter(({ name }) => !name.startsWith("."));
    const found = await Promise.all(
      visible.map(
        async (entry) => entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(folder, entry.name))),
      ),
    );
    return visible.filter((_, i) => found[i]).map(({ name }) => name);
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return [];
    throw error;
  }
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
