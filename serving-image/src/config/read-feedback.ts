import { readFileSync } from "node:fs";
import { contract } from "../core/contract";
import { reasonOf } from "../core/start-up-error";
import type { FeedbackConfig } from "../feedback/settings";
import type { SettingReader } from "./setting-reader";

const MIN_SECRET_LENGTH = 16;
const MAX_AGE_SECONDS = 366 * 24 * 3600;

/** Reads which feedback about predictions is accepted. */
export function readFeedback(reader: SettingReader): FeedbackConfig {
  const secretFile = reader.optionalText("feedback.secretFile", /./, "a file", contract.env.feedbackSecretFile);
  const metricsFile = reader.optionalText("feedback.metricsFile", /./, "a file", contract.env.feedbackMetricsFile);
  const maxAge = reader.number("feedback.maxAgeSeconds", { min: 0, max: MAX_AGE_SECONDS }, 0);
  return {
    ...(secretFile && { secretFile }),
    ...(metricsFile && { metricsFile }),
    ...(maxAge > 0 && { maxAgeSeconds: maxAge }),
    maxValue: reader.number("feedback.maxValue", { min: 0, max: 1e9 }, 1e9),
    remembered: reader.integer("feedback.remembered", { min: 0, max: 10_000_000 }, 100_000),
  };
}

/** Reads the secrets that sign prediction ids, from the file or else from the environment: one per line, newest first. */
export function readPredictionSecrets(
  reader: SettingReader,
  { secretFile, maxAgeSeconds }: FeedbackConfig,
): readonly string[] {
  const variable = contract.env.feedbackSecret;
  const path = secretFile === undefined ? variable : "feedback.secretFile";
  const fromVariable = reader.variable(variable);
  const text = secretFile === undefined ? fromVariable : readSecretFile(reader, secretFile);
  const secrets = (text ?? "").split("\n").flatMap((line) => line.trim() || []);
  if (secrets.some((secret) => secret.length < MIN_SECRET_LENGTH)) {
    const fix = `Use secrets of at least ${MIN_SECRET_LENGTH} characters, one per line, starting with the one that signs.`;
    reader.conflict(path, "contains a secret that is too short.", fix);
  }
  if (secrets.length === 0 && secretFile !== undefined && text !== undefined) {
    reader.conflict(path, `names ${secretFile}, which is empty.`, "Write a secret into it, or remove the setting.");
  }
  if (secrets.length === 0 && maxAgeSeconds !== undefined) {
    const fix = `Set feedback.secretFile or ${variable}: only signed ids contain the time of the prediction.`;
    reader.conflict("feedback.maxAgeSeconds", "is set, but ids are not signed.", fix);
  }
  return secrets;
}

function readSecretFile(reader: SettingReader, file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const fix = "Set it to a readable file with a secret in it.";
    reader.conflict("feedback.secretFile", `${file} cannot be read: ${reasonOf(error)}.`, fix);
    return undefined;
  }
}
