import { contract } from "../core/contract";
import { MODEL_NAME, MODEL_VERSION, SHA256 } from "../core/model-names";
import type { WarmUpConfig } from "../model/settings";
import type { SettingReader } from "./setting-reader";
import type { ModelConfig } from "./settings";

const MODEL_URI = new RegExp(
  [
    "file:///.+",
    "https?://.+",
    "(?:s3|gs)://[^/]+/.*",
    "models:/[^/@]+(?:/|@).+",
    "models:/m-[0-9a-f]{32}",
    "runs:/[^/]+/.+",
    "mlflow-artifacts:/.+",
    "oci:(?://)?/.+",
    "(?![a-z0-9+.-]{2,}:).+",
  ]
    .map((form) => `^${form}$`)
    .join("|"),
  "i",
);
const URI_RULE =
  "a path, or a file://, http://, https://, s3://bucket/key, gs://bucket/object, models:/name/version, runs:/run/path, mlflow-artifacts:/path or oci:/layout:tag URI";

type ModelEnv = Partial<
  Record<"modelName" | "modelVersion" | "modelUri" | "modelSha256" | "modelRoot" | "modelWarmUpSamples", string>
>;

/** Reads `model` and `models` of the file; the environment variables apply to `model`. */
export function readModels(reader: SettingReader): readonly ModelConfig[] {
  const listed = reader.listed("models");
  const { env } = contract;
  const hasOwn =
    listed.length === 0 || reader.has("model") || reader.isSet(env.modelName) || reader.isSet(env.modelUri);
  const models = [
    ...(hasOwn ? [readModel(reader, "model", env)] : []),
    ...listed.map((section) => readModel(reader, section, { modelRoot: env.modelRoot })),
  ];
  const seen = new Set<string>();
  for (const { name, version } of models) {
    const both = `${name} ${version}`;
    if (name && seen.has(both)) {
      reader.conflict("models", `"${name}" has version "${version}" twice.`, "List each version of a model once.");
    }
    seen.add(both);
  }
  return models;
}

function readModel(reader: SettingReader, section: string, env: ModelEnv): ModelConfig {
  const from = (variable: keyof ModelEnv): { env?: string } => (env[variable] ? { env: env[variable] } : {});
  const sha256 = reader.optionalText(`${section}.sha256`, SHA256, "64 hexadecimal digits", env.modelSha256);
  const nameRule = "up to 128 letters, digits, dots, dashes and underscores";
  return {
    name: reader.text(`${section}.name`, MODEL_NAME, nameRule, from("modelName")),
    version: reader.text(`${section}.version`, MODEL_VERSION, "a version such as 1.0.0", from("modelVersion")),
    uri: reader.text(`${section}.uri`, MODEL_URI, URI_RULE, from("modelUri")),
    ...(sha256 && { sha256: sha256.toLowerCase() }),
    root: reader.text(`${section}.root`, /./, "a folder", { fallback: contract.mounts.models, ...from("modelRoot") }),
    threads: reader.integer(`${section}.threads`, { min: 1, max: 1024 }, 1),
    warmUp: readWarmUp(reader, `${section}.warmUp`, from("modelWarmUpSamples")),
    cache: reader.flag(`${section}.cache`, true),
  };
}

function readWarmUp(reader: SettingReader, section: string, { env }: { env?: string }): WarmUpConfig {
  const samples = reader.optionalText(`${section}.samples`, MODEL_URI, URI_RULE, env);
  const shapes = reader.shapes(`${section}.shapes`);
  return {
    enabled: reader.flag(`${section}.enabled`, true),
    ...(samples && { samples }),
    ...(shapes && { shapes }),
  };
}
