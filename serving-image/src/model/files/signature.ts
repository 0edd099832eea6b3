import { createPublicKey, createVerify, type KeyObject, verify } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { SignatureConfig } from "../../config/settings";
import type { Log } from "../../core/log";
import { StartUpCode, type StartUpError, startUpError } from "../../core/start-up-error";
import { type FileSource, SourceError } from "../sources/file-source";
import { readSmallFile } from "../sources/read-small-file";
import type { ModelDigest } from "./checksum";

export const SIGNATURE_SUFFIX = ".sig";
const MAX_BYTES = 16_384;
const BASE64 = /^[A-Za-z0-9+/=\s]+$/;

/** Reads the signature next to a file; undefined if there is none. */
async function readSignature(source: FileSource, signal: AbortSignal): Promise<Buffer | undefined> {
  try {
    return await readSmallFile(source.sibling(SIGNATURE_SUFFIX), MAX_BYTES, signal);
  } catch (error) {
    if (error instanceof SourceError) return undefined;
    throw error;
  }
}

/**
 * Verifies the signature of a model with a public key: that of its manifest if it has external data, else that of its file.
 * The signature is base64 as `cosign sign-blob` writes it, or the bytes that `openssl dgst -sha256 -sign` and
 * `openssl pkeyutl -sign -rawin` write.
 */
async function isSigned(
  path: string,
  { manifest }: ModelDigest,
  signature: Buffer,
  publicKey: string,
): Promise<boolean> {
  const key = createPublicKey(publicKey);
  const text = signature.toString("latin1");
  const bytes = BASE64.test(text) ? Buffer.from(text, "base64") : signature;
  if (manifest !== undefined) {
    return verify(key.asymmetricKeyType === "ed25519" ? null : "sha256", Buffer.from(manifest), key, bytes);
  }
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

function unsignedError(uri: string): StartUpError {
  return startUpError(
    StartUpCode.ModelUnsigned,
    uri,
    `it has no signature (${SIGNATURE_SUFFIX}), but one is required.`,
    "Sign the file, as the README shows, or set signature.required to false.",
  );
}

function badSignatureError(uri: string, { manifest }: ModelDigest): StartUpError {
  const what = manifest === undefined ? "this file" : "the manifest of this model and its external data";
  const signed = manifest === undefined ? "file" : "manifest, as the README shows";
  return startUpError(
    StartUpCode.ModelUnsigned,
    uri,
    `its signature (${SIGNATURE_SUFFIX}) is not valid for ${what} and the key in signature.publicKey.`,
    `Check who changed the files or the signature, and sign the approved ${signed}.`,
  );
}

/** The signature of a model, if it has one. Throws if it is not valid, or if it is missing but required. */
export async function checkedSignature(
  source: FileSource,
  path: string,
  digest: ModelDigest,
  uri: string,
  { signature: { required, publicKey }, log, signal }: SignatureCheck,
): Promise<Buffer | undefined> {
  if (publicKey === undefined) return undefined;
  const signature = await readSignature(source, signal);
  if (!signature) {
    if (required) throw unsignedError(uri);
    log.warn({ uri }, "the model is not signed");
    return undefined;
  }
  if (!(await isSigned(path, digest, signature, publicKey))) throw badSignatureError(uri, digest);
  log.info({ uri }, "the model's signature is valid");
  return signature;
}

interface SignatureCheck {
  readonly signature: SignatureConfig;
  readonly log: Log;
  readonly signal: AbortSignal;
}
