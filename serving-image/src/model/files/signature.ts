import { createPublicKey, createVerify, type KeyObject, verify } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { StartUpCode, type StartUpError, startUpError } from "../../core/start-up-error";
import { type FileSource, SourceError } from "../sources/file-source";
import { readSmallFile } from "../sources/read-small-file";

export const SIGNATURE_SUFFIX = ".sig";
const MAX_BYTES = 16_384;
const BASE64 = /^[A-Za-z0-9+/=\s]+$/;

/** Reads the signature next to a file; undefined if there is none. */
export async function readSignature(source: FileSource, signal: AbortSignal): Promise<Buffer | undefined> {
  try {
    return await readSmallFile(source.sibling(SIGNATURE_SUFFIX), MAX_BYTES, signal);
  } catch (error) {
    if (error instanceof SourceError) return undefined;
    throw error;
  }
}

/**
 * Verifies a signature with a public key. The signature is base64 as `cosign sign-blob` writes it, or the bytes that
 * `openssl dgst -sha256 -sign` and `openssl pkeyutl -sign -rawin` write.
 */
export async function isSigned(path: string, signature: Buffer, publicKey: string): Promise<boolean> {
  const key = createPublicKey(publicKey);
  const text = signature.toString("latin1");
  const bytes = BASE64.test(text) ? Buffer.from(text, "base64") : signature;
  return key.asymmetricKeyType === "ed25519" ? isFileSigned(path, bytes, key) : isHashSigned(path, bytes, key);
}

/** Ed25519 signs the file itself, so it has to be in memory. */
async function isFileSigned(path: string, signature: Buffer, key: KeyObject): Promise<boolean> {
  const file = await readFile(path);
  return new Promise((resolve, reject) =>
    verify(null, file, key, signature, (error, isRight) => (error ? reject(error) : resolve(isRight))),
  );
}

/** ECDSA and RSA sign the SHA-256 of the file. */
async function isHashSigned(path: string, signature: Buffer, key: KeyObject): Promise<boolean> {
  const check = createVerify("sha256");
  await pipeline(createReadStream(path), check);
  return check.verify(key, signature);
}

export function unsignedError(uri: string): StartUpError {
  return startUpError(
    StartUpCode.ModelUnsigned,
    uri,
    `it has no signature (${SIGNATURE_SUFFIX}), but one is required.`,
    "Sign the file, as the README shows, or set signature.required to false.",
  );
}

export function badSignatureError(uri: string): StartUpError {
  return startUpError(
    StartUpCode.ModelUnsigned,
    uri,
    `its signature (${SIGNATURE_SUFFIX}) is not valid for this file and the key in signature.publicKey.`,
    "Check who changed the file or its signature, and sign the approved file.",
  );
}
