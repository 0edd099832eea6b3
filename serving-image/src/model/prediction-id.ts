import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

// A version may hold dots, dashes and plus signs, but behind it there is always a UUID, and perhaps a time and a signature.
const PREDICTION_ID =
  /^([A-Za-z0-9][A-Za-z0-9.+_-]{0,127})\.[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?:\.([0-9a-z]{1,9})\.([A-Za-z0-9_-]{22}))?$/;
const LONGEST = 220;
const SIGNATURE_BYTES = 16;

/** Which prediction an id names. */
export interface NamedPrediction {
  readonly version: string;
  /** When it was made, in seconds since the epoch; undefined where ids are not signed and so do not say it. */
  readonly madeAt?: number;
}

export type IdFault = "unknown_id" | "unsigned" | "wrong_signature";

/**
 * Names predictions, `<version>.<uuid>`, so that whatever is said of one later is counted for the version that made
 * it, at any replica. Where there is a secret that the replicas share, the time and a signature over these and the
 * model stand behind it: `<version>.<uuid>.<time>.<signature>`.
 */
export class PredictionIds {
  /** @param secrets the first signs; the others are older ones, whose ids still hold */
  constructor(private readonly secrets: readonly string[]) {}

  /** Makes the ids of one model version. */
  maker(model: string, version: string): () => string {
    const [secret] = this.secrets;
    if (secret === undefined) return () => `${version}.${randomUUID()}`;
    return () => {
      const named = `${version}.${randomUUID()}.${Math.floor(Date.now() / 1000).toString(36)}`;
      return `${named}.${sign(secret, model, named).toString("base64url")}`;
    };
  }

  /** What an id names, or what is wrong with it. */
  read(model: string, id: string): NamedPrediction | IdFault {
    const [, version, time, signature] = (id.length <= LONGEST && PREDICTION_ID.exec(id)) || [];
    if (version === undefined) return "unknown_id";
    if (this.secrets.length === 0) return { version };
    if (time === undefined || signature === undefined) return "unsigned";
    const given = Buffer.from(signature, "base64url");
    const named = id.slice(0, -signature.length - 1);
    const isOurs = this.secrets.some((secret) => timingSafeEqual(sign(secret, model, named), given));
    return isOurs ? { version, madeAt: parseInt(time, 36) } : "wrong_signature";
  }
}

function sign(secret: string, model: string, named: string): Buffer {
  return createHmac("sha256", secret).update(`${model}\n${named}`).digest().subarray(0, SIGNATURE_BYTES);
}
