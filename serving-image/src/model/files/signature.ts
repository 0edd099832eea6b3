import { createPublicKey, createVerify, type KeyObject, verify } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { StartUpCode, type StartUpError, startUpError } from "../../core/start-up-error";
import { type FileSource, SourceRefusal } from "../sources/model-source";

export const SIGNATURE = ".sig";
const LARGEST_BYTES = 16_384;
const BASE64 = /^[A-Za-z0-9+/=\s]+$/;

/** Reads the signature that lies beside a file; undefined where there is none. */
export async function readSignature(source: FileSource, signal: AbortSignal): Promise<Buffer | undefined> {
  try {
    const { stream } = await source.beside(SIGNATURE).open(undefined, signal);
    const parts: Buffer[] = [];
    let length = 0;
    for await (const part of stream) {
      length += part.length;
      if (length > LARGEST_BYTES) throw new SourceRefusal("what lies there is too large to be a signature");
      parts.push(part);
    }
    return Buffer.concat(parts);
  } catch (error) {
    if (error instanceof SourceRefusal) return undefined;
    throw error;
  }
}

/**
 * Whether a file was signed with the private key of a public one. The signature is base64 as `cosign sign-blob` writes
 * it, or the bytes that `openssl dgst -sha256 -sign` and `openssl pkeyutl -sign -rawin` write.
 */
export async function isSigned(path: string, signature: Buffer, publicKey: string): Promise<boolean> {
  const key = createPublicKey(publicKey);
  const text = signature.toString("latin1");
  const bytes = BASE64.test(text) ? Buffer.from(text, "base64") : signature;
  return key.asymmetricKeyType === "ed25519" ? isSignedWhole(path, bytes, key) : isSignedSum(path, bytes, key);
}

/** Ed25519 signs the file itself, which therefore has to be in memory. */
async function isSignedWhole(path: string, signature: Buffer, key: KeyObject): Promise<boolean> {
  const file = await readFile(path);
  return new Promise((resolve, reject) =>
    verify(null, file, key, signature, (error, isRight) => (error ? reject(error) : resolve(isRight))),
  );
}

/** ECDSA and RSA sign the SHA-256 of the file. */
async function isSignedSum(path: string, signature: Buffer, key: KeyObject): Promise<boolean> {
  const check = createVerify("sha256");
  await pipeline(createReadStream(path), check);
  return check.verify(key, signature);
}

export function unsigned(uri: string): StartUpError {
  return startUpError(
    StartUpCode.ModelUnsigned,
    uri,
    `no signature lies beside it (${SIGNATURE}), but one is required.`,
    "Sign the file, as the README shows, or set signature.required to false.",
  );
}

export function wronglySigned(uri: string): StartUpError {
  return startUpError(
    StartUpCode.ModelUnsigned,
    uri,
    `its signature (${SIGNATURE}) is not one of this file by the key of signature.publicKey.`,
    "Check who has changed the file or its signature, and sign the file that was approved.",
  );
}
