import { existsSync, readFileSync } from "node:fs";
import { contract } from "../core/contract";
import { type DuplicateKey, duplicateKeysOf } from "../core/duplicate-keys";
import { LOG_LEVELS } from "../core/log";
import { reasonOf, StartUpCode, StartUpError, startUpError, type StartUpProblem } from "../core/start-up-error";
import type { CommandLine } from "./command-line";
import { memoryLimit } from "./memory-limit";
import { availableProcessors } from "./processors";
import { readCache } from "./read-cache";
import { readComparison } from "./read-comparison";
import { readDrift } from "./read-drift";
import { readFaults } from "./read-faults";
import { readFeedback, readPredictionSecrets } from "./read-feedback";
import { readModels } from "./read-models";
import { readSignatureConfig } from "./read-signature-config";
import { SettingReader } from "./setting-reader";
import type { LimitsConfig, ModelConfig, ServerConfig } from "./settings";
import { type UnknownVariable, unknownVariables } from "./unknown-variables";

/**
 * Reads the file in SLIPWAY_CONFIG and the environment, which overrides it; throws with all problems at once.
 *
 * @param onUnknown receives each variable that is probably a misspelled setting; it may also belong to another program
 */
export function readConfig(
  environment: NodeJS.ProcessEnv,
  { allowFaults }: CommandLine,
  onUnknown: (variable: UnknownVariable) => void,
): ServerConfig {
  const reader = new SettingReader(readFile(environment), environment);
  reader.variable(contract.env.config);
  const config = readSettings(reader, allowFaults);
  reader.reportUnknown();
  unknownVariables(environment, reader.variables).forEach(onUnknown);
  if (reader.problems.length > 0) throw new StartUpError(reader.problems);
  return config;
}

function readFile(environment: NodeJS.ProcessEnv): object {
  const configured = environment[contract.env.config];
  if (!configured && !existsSync(contract.configFile)) return {};
  const file = configured || contract.configFile;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const fix = `Set ${contract.env.config} to a readable file.`;
    throw startUpError(StartUpCode.ConfigFileUnreadable, file, `cannot be read: ${reasonOf(error)}.`, fix);
  }
  return parseFile(file, text);
}

function parseFile(file: string, text: string): object {
  const fix = "Write a single JSON object, as shown in the README.";
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw startUpError(StartUpCode.ConfigFileNotJson, file, `is not valid JSON: ${reasonOf(error)}.`, fix);
  }
  const duplicates = duplicateKeysOf(text);
  if (duplicates.length > 0) throw new StartUpError(duplicates.map((duplicate) => setTwice(file, duplicate)));
  if (typeof content === "object" && content !== null && !Array.isArray(content)) return content;
  throw startUpError(StartUpCode.ConfigFileNotJson, file, "is not a JSON object.", fix);
}

/** Only the last one would count: a copied section could switch off what an earlier one requires. */
function setTwice(file: string, { path, lines }: DuplicateKey): StartUpProblem {
  return {
    code: StartUpCode.SettingDuplicated,
    path,
    message: `is in ${file} ${lines.length} times, on lines ${lines.join(" and ")}.`,
    fix: "Keep one of them.",
  };
}

function readSettings(reader: SettingReader, allowFaults: boolean): ServerConfig {
  const { env } = contract;
  const predictPath = reader.optionalText(
    "http.predictPath",
    new RegExp(contract.patterns.predictPath),
    "a path such as /predict that the server does not use itself",
  );
  const models = readModels(reader);
  const feedback = readFeedback(reader);
  const cache = readCache(reader);
  return {
    http: {
      host: reader.text("http.host", /^\S+$/, "an address to listen on", { fallback: "0.0.0.0", env: env.host }),
      port: reader.integer("http.port", { min: 0, max: 65535 }, contract.ports.http, env.httpPort),
      bodyLimitBytes: reader.integer("http.bodyLimitBytes", { min: 1, max: 2 ** 29 }, 8 * 2 ** 20),
      compressFromBytes: reader.integer("http.compressFromBytes", { min: 0, max: 2 ** 31 }, 8192),
      ...(predictPath && { predictPath }),
      headerLimitBytes: reader.integer("http.headerLimitBytes", { min: 1024, max: 2 ** 20 }, 16_384),
      headersTimeoutSeconds: reader.number("http.headersTimeoutSeconds", { min: 1, max: 3600 }, 10),
      requestTimeoutSeconds: reader.number("http.requestTimeoutSeconds", { min: 1, max: 3600 }, 30),
      keepAliveSeconds: reader.number("http.keepAliveSeconds", { min: 0, max: 86_400 }, 620),
    },
    grpc: {
      enabled: reader.flag("grpc.enabled", true),
      port: reader.integer("grpc.port", { min: 0, max: 65535 }, contract.ports.grpc, env.grpcPort),
    },
    models,
    repository: {
      root: reader.text("repository.root", /./, "a folder", { fallback: models[0]?.root ?? contract.mounts.models }),
      control: reader.flag("repository.control", false),
    },
    log: {
      level: reader.choice("log.level", LOG_LEVELS, "info", env.logLevel),
      requests: reader.number("log.requests", { min: 0, max: 1 }, 0),
    },
    buckets: { durationSeconds: reader.risingNumbers("buckets.durationSeconds", contract.buckets.durationSeconds) },
    drain: {
      delaySeconds: reader.number("drain.delaySeconds", { min: 0, max: 3600 }, 0),
      timeoutSeconds: reader.number("drain.timeoutSeconds", { min: 0, max: 3600 }, 25),
    },
    batching: {
      maxBatchSize: reader.integer("batching.maxBatchSize", { min: 1, max: 4096 }, 32),
      exact: reader.flag("batching.exact", true),
      maxBatchBytes: reader.integer("batching.maxBatchBytes", { min: 1, max: 2 ** 40 }, 128 * 2 ** 20),
      maxDelaySeconds: reader.number("batching.maxDelaySeconds", { min: 0, max: 0.1 }, 0),
      queueSize: reader.integer("batching.queueSize", { min: 1, max: 1_000_000 }, 1000),
    },
    workers: {
      count: reader.integer("workers.count", { min: 1, max: 1024 }, defaultWorkers(models)),
      aboveSeconds: reader.number("workers.aboveSeconds", { min: 0, max: 3600 }, 0.001),
      runTimeoutSeconds: reader.number("workers.runTimeoutSeconds", { min: 0.1, max: 86_400 }, 30),
    },
    limits: readLimits(reader),
    responses: {
      sendTimeoutSeconds: reader.number("responses.sendTimeoutSeconds", { min: 1, max: 3600 }, 30),
      maxUnsentBytes: reader.integer("responses.maxUnsentBytes", { min: 65_536, max: 2 ** 40 }, 2 ** 27),
      maxUnsentBytesPerConnection: reader.integer(
        "responses.maxUnsentBytesPerConnection",
        { min: 65_536, max: 2 ** 40 },
        2 ** 26,
      ),
    },
    download: {
      attempts: reader.integer("download.attempts", { min: 1, max: 1000 }, 5),
      stalledAfterSeconds: reader.number("download.stalledAfterSeconds", { min: 0.1, max: 3600 }, 30),
      diskLimitBytes: reader.integer(
        "download.diskLimitBytes",
        { min: 1, max: Number.MAX_SAFE_INTEGER },
        Number.MAX_SAFE_INTEGER,
      ),
    },
    signature: readSignatureConfig(reader),
    ...(cache && { cache }),
    comparison: readComparison(reader),
    feedback,
    ...readDrift(reader),
    faults: readFaults(reader, allowFaults),
    predictionSecrets: readPredictionSecrets(reader, feedback),
  };
}

function readLimits(reader: SettingReader): LimitsConfig {
  const memoryBytes = reader.integer("limits.memoryBytes", { min: 0, max: 2 ** 50 }, memoryLimit() ?? 0);
  return {
    tensorElements: reader.integer("limits.tensorElements", { min: 1, max: 2 ** 31 }, 2 ** 24),
    notFinite: reader.choice("limits.notFinite", ["accept", "refuse"], "accept"),
    ...(memoryBytes > 0 && { memoryBytes }),
  };
}

const MAX_DEFAULT_WORKERS = 16;

function defaultWorkers(models: readonly ModelConfig[]): number {
  const threads = Math.max(1, ...models.map((model) => model.threads));
  return Math.min(Math.max(1, Math.floor(availableProcessors() / threads)), MAX_DEFAULT_WORKERS);
}
