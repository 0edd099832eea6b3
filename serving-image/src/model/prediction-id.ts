import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

// A version may contain dots, dashes and plus signs, but it is always followed by a UUID, maybe a bucket, a time, and maybe a
// signature. Servers up to 0.1.0 created unsigned ids without a time.
const PREDICTION_ID =
  /^([A-Za-z0-9][A-Za-z0-9.+_-]{0,127})\.[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?:\.b(\d{1,2}))?(?:\.([0-9a-z]{1,9})(?:\.([A-Za-z0-9_-]{22}))?)?$/;
const MAX_LENGTH = 220;
const SIGNATURE_BYTES = 16;

/** The contents of a prediction id. */
interface ParsedId {
  readonly version: string;
  /** Bucket of the user who received the prediction; missing if the user had none. */
  readonly bucket?: number;
  /** When the prediction was made, in whole seconds since the epoch, rounded down; missing in ids of older servers. */
  readonly madeAt?: number;
}

export type IdProblem = "unknown_id" | "unsigned" | "wrong_signature";

/**
 * Creates and parses prediction ids, `<version>.<uuid>.<time>`, so that any replica can attribute feedback to the version
 * that made the prediction, and knows how old the prediction is. If the user has a bucket, it follows the UUID as
 * `.b<bucket>`. If the replicas share a secret, the id also has a signature over all of it and the model:
 * `<version>.<uuid>.<time>.<signature>`.
 */
export class PredictionIds {
  /** @param secrets the first one signs; ids that are signed with one of the others are still accepted */
  constructor(private readonly secrets: readonly string[]) {}

  /** Returns a function that creates the ids of one model version, for users with and without a bucket. */
  maker(model: string, version: string): (bucket?: number) => string {
    const [secret] = this.secrets;
    return (bucket) => {
      const user = bucket === undefined ? "" : `.b${bucket}`;
      const named = `${version}.${randomUUID()}${user}.${Math.floor(Date.now() / 1000).toString(36)}`;
      return secret === undefined ? named : `${named}.${sign(secret, model, named).toString("base64url")}`;
    };
  }

  /** Parses an id, or returns what is wrong with it. */
  read(model: string, id: string): ParsedId | IdProblem {
    const [, version, bucketText, time, signature] = (id.length <= MAX_LENGTH && PREDICTION_ID.exec(id)) || [];
    if (version === undefined) return "unknown_id";
    const made: ParsedId = {
      version,
      ...(bucketText !== undefined && { bucket: Number(bucketText) }),
      ...(time !== undefined && { madeAt: parseInt(time, 36) }),
    };
    if (this.secrets.length === 0) return made;
    if (time === undefined || signature === undefined) return "unsigned";
    const given = Buffer.from(signature, "base64url");
    const named = id.slice(0, -signature.length - 1);
    const isOurs = this.secrets.some((secret) => timingSafeEqual(sign(secret, model, named), given));
    return isOurs ? made : "wrong_signature";
  }
}

function sign(secret: string, model: string, named: string): Buffer {
  return createHmac("sha256", secret).update(`${model}\n${named}`).digest().subarray(0, SIGNATURE_BYTES);
}
