import { text } from "node:stream/consumers";
import { type DownloadProgress, type FileBytes, type FileSource, SourceError } from "./file-source";
import { encodePath, HttpFile } from "./http-file";
import { keyBeside, keyWithin, prefixOf } from "./object-key";
import { S3Object } from "./s3-object";

const TOKEN_TIMEOUT_MS = 3000;

/**
 * An object of Google Cloud Storage. With HMAC keys it is read through the S3-compatible API; otherwise over HTTPS, with the
 * token of the environment or, if access is denied, with that of the machine's or the pod's service account.
 */
export function gsObject(bucket: string, key: string): FileSource {
  // The same variables as in Google's own libraries, its emulators and GDAL.
  const { GS_ACCESS_KEY_ID, GS_SECRET_ACCESS_KEY } = process.env;
  if (GS_ACCESS_KEY_ID === undefined || GS_SECRET_ACCESS_KEY === undefined) return new GsObject(bucket, key);
  const credentials = { accessKeyId: GS_ACCESS_KEY_ID, secretAccessKey: GS_SECRET_ACCESS_KEY };
  return new S3Object(bucket, key, async () => {
    const { S3Client } = await import("@aws-sdk/client-s3");
    // Google rejects the checksums that only S3 itself supports.
    const responseChecksumValidation = "WHEN_REQUIRED";
    return new S3Client({
      endpoint: endpoint(),
      region: "auto",
      credentials,
      forcePathStyle: true,
      responseChecksumValidation,
    });
  });
}

class GsObject implements FileSource {
  constructor(
    private readonly bucket: string,
    private readonly key: string,
  ) {}

  open(after: DownloadProgress | undefined, signal: AbortSignal): Promise<FileBytes> {
    const path = encodePath(`${this.bucket}/${this.key}`);
    return this.withAccess((token) => fileAt(path, token).open(after, signal));
  }

  sibling(suffix: string): FileSource {
    return new GsObject(this.bucket, this.key + suffix);
  }

  beside(path: string): FileSource {
    return new GsObject(this.bucket, keyBeside(this.key, path));
  }

  within(path: string): FileSource {
    return new GsObject(this.bucket, keyWithin(this.key, path));
  }

  async names(signal: AbortSignal): Promise<readonly string[]> {
    const prefix = prefixOf(this.key);
    const query = new URLSearchParams({ prefix, delimiter: "/", fields: "items(name)" });
    const list = `storage/v1/b/${encodeURIComponent(this.bucket)}/o?${query}`;
    const { stream } = await this.withAccess((token) => fileAt(list, token).open(undefined, signal));
    const { items = [] }: { items?: readonly { name: string }[] } = JSON.parse(await text(stream));
    return items.map(({ name }) => name.slice(prefix.length)).filter((name) => name !== "");
  }

  /** Without a token in the environment, that of the machine is only used if access is denied. */
  private async withAccess<T>(use: (token: string | undefined) => Promise<T>): Promise<T> {
    const { GOOGLE_OAUTH_ACCESS_TOKEN } = process.env;
    try {
      return await use(GOOGLE_OAUTH_ACCESS_TOKEN);
    } catch (error) {
      const isDenied = error instanceof SourceError && (error.status === 401 || error.status === 403);
      const token = isDenied && GOOGLE_OAUTH_ACCESS_TOKEN === undefined ? await tokenOfMachine() : undefined;
      if (token === undefined) throw error;
      return use(token);
    }
  }
}

function fileAt(path: string, token: string | undefined): FileSource {
  return new HttpFile(`${endpoint()}/${path}`, token === undefined ? {} : { authorization: `Bearer ${token}` });
}

function endpoint(): string {
  return process.env.STORAGE_EMULATOR_HOST ?? "https://storage.googleapis.com";
}

/** The token that Google's machines and pods with workload identity receive; undefined anywhere else. */
async function tokenOfMachine(): Promise<string | undefined> {
  const host = process.env.GCE_METADATA_HOST ?? "metadata.google.internal";
  try {
    const response = await fetch(`http://${host}/computeMetadata/v1/instance/service-accounts/default/token`, {
      headers: { "metadata-flavor": "Google" },
      signal: AbortSignal.timeout(TOKEN_TIMEOUT_MS),
    });
    const { access_token: token }: { access_token?: unknown } = JSON.parse(await response.text());
    return typeof token === "string" ? token : undefined;
  } catch {
    return undefined;
  }
}
