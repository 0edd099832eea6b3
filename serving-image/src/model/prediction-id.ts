import { randomUUID } from "node:crypto";

// A version may hold dots, dashes and plus signs, but the part after the last dot is always a UUID.
const PREDICTION_ID =
  /^([A-Za-z0-9][A-Za-z0-9.+_-]{0,127})\.[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Names one prediction, and the version that made it: `<version>.<uuid>`. */
export function createPredictionId(version: string): string {
  return `${version}.${randomUUID()}`;
}

/** The version that made a prediction; undefined for what is not a prediction id. */
export function versionOfPrediction(id: string): string | undefined {
  return PREDICTION_ID.exec(id)?.[1];
}
