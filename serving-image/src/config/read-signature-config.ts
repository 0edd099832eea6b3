import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { reasonOf } from "../core/start-up-error";
import type { SettingReader } from "./setting-reader";
import type { SignatureConfig } from "./settings";

const KEY_TYPES: readonly unknown[] = ["ed25519", "ec", "rsa"];
const [KEY, REQUIRED] = ["signature.publicKey", "signature.required"];

/** Reads the key from a file if only its path is given, so that a wrong key is found before the model is downloaded. */
export function readSignatureConfig(reader: SettingReader): SignatureConfig {
  const given = reader.optionalText(KEY, /./, "a public key in PEM format, or the path of one");
  const required = reader.flag(REQUIRED, false);
  if (required && given === undefined) {
    reader.conflict(REQUIRED, "is true, but there is no key to verify signatures with.", `Set ${KEY}.`);
  }
  if (given === undefined) return { required };
  try {
    const publicKey = given.includes("-----BEGIN") ? given : readFileSync(given, "utf8");
    const type = createPublicKey(publicKey).asymmetricKeyType;
    if (!KEY_TYPES.includes(type)) throw new Error(`it is a key of type ${type}`);
    return { required, publicKey };
  } catch (error) {
    reader.conflict(
      KEY,
      `cannot be used: ${reasonOf(error)}.`,
      "Set it to an Ed25519, ECDSA or RSA public key in PEM format.",
    );
    return { required };
  }
}
