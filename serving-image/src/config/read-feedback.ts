import { readFileSync } from "node:fs";
import { contract } from "../core/contract";
import { reasonOf } from "../core/start-up-error";
import type { FeedbackConfig } from "../feedback/settings";
import type { SettingReader } from "./setting-reader";

const SHORTEST_SECRET = 16;
const MOST_SECONDS = 366 * 24 * 3600;

/** What is taken of what callers report about predictions. */
export function readFeedback(reader: SettingReader): FeedbackConfig {
  const secretFile = reader.optionalText("feedback.secretFile", /./, "a file", contract.env.feedbackSecretFile);
  const maxAge = reader.number("feedback.maxAgeSeconds", { min: 0, max: MOST_SECONDS }, 0);
  return {
    ...(secretFile && { secretFile }),
    ...(maxAge > 0 && { maxAgeSeconds: maxAge }),
    maxValue: reader.number("feedback.maxValue", { min: 0, max: 1e9 }, 1e9),
    remembered: reader.integer("feedback.remembered", { min: 0, max: 10_000_000 }, 100_000),
  };
}

/** The secrets that sign the ids of predictions: of the file, or else of the environment; one a line, the newest first. */
export function readPredictionSecrets(
  reader: SettingReader,
  { secretFile, maxAgeSeconds }: FeedbackConfig,
  environment: NodeJS.ProcessEnv,
): readonly string[] {
  const variable = contract.env.feedbackSecret;
  const path = secretFile === undefined ? variable : "feedback.secretFile";
  const text = secretFile === undefined ? environment[variable] : readSecretFile(reader, secretFile);
  const secrets = (text ?? "").split("\n").flatMap((line) => line.trim() || []);
  if (secrets.some((secret) => secret.length < SHORTEST_SECRET)) {
    const fix = `Write secrets of ${SHORTEST_SECRET} characters or more, one a line, the one that signs first.`;
    reader.conflict(path, "holds a secret that is too short.", fix);
  }
  if (secrets.length === 0 && secretFile !== undefined && text !== undefined) {
    reader.conflict(path, `names ${secretFile}, which is empty.`, "Write a secret into it, or leave the setting out.");
  }
  if (secrets.length === 0 && maxAgeSeconds !== undefined) {
    const fix = `Set feedback.secretFile or ${variable}: only signed ids say when a prediction was made.`;
    reader.conflict("feedback.maxAgeSeconds", "is set, but ids are not signed.", fix);
  }
  return secrets;
}

function readSecretFile(reader: SettingReader, file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const fix = "Name a file that can be read, with a secret in it.";
    reader.conflict("feedback.secretFile", `${file} cannot be read: ${reasonOf(error)}.`, fix);
    return undefined;
  }
}
