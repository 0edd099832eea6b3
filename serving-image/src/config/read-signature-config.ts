import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { reasonOf } from "../core/start-up-error";
import type { SettingReader } from "./setting-reader";
import type { SignatureConfig } from "./settings";

const KEY_TYPES: readonly unknown[] = ["ed25519", "ec", "rsa"];
const [KEY, REQUIRED] = ["signature.publicKey", "signature.required"];

/** Reads the key where only its path is given, so that a wrong one is found before there is a model. */
export function readSignatureConfig(reader: SettingReader): SignatureConfig {
  const given = reader.optionalText(KEY, /./, "a public key as PEM, or the path of one");
  const required = reader.flag(REQUIRED, false);
  if (required && given === undefined) {
    reader.conflict(REQUIRED, "is true, but there is no key to check with.", `Set ${KEY}.`);
  }
  if (given === undefined) return { required };
  try {
    const publicKey = given.includes("-----BEGIN") ? given : readFileSync(given, "utf8");
    const type = createPublicKey(publicKey).asymmetricKeyType;
    if (!KEY_TYPES.includes(type)) throw new Error(`it is a key of the type ${type}`);
    return { required, publicKey };
  } catch (error) {
    reader.conflict(KEY, `cannot be used: ${reasonOf(error)}.`, "Give an Ed25519, ECDSA or RSA public key as PEM.");
    return { required };
  }
}
