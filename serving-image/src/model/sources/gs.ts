import { HttpFile } from "./http";
import { type FileBytes, type FileSource, type Progress, SourceRefusal } from "./model-source";
import { S3Object } from "./s3";

const TOKEN_TIMEOUT_MS = 3000;

/**
 * An object of Google Cloud Storage. With HMAC keys by its interface that speaks S3; else over plain HTTPS, with the
 * token of the environment, or with that of the service account that this machine or pod has if it is needed.
 */
export function gsObject(bucket: string, key: string): FileSource {
  // The names that Google's own libraries, its emulators and GDAL read.
  const { GS_ACCESS_KEY_ID, GS_SECRET_ACCESS_KEY } = process.env;
  if (GS_ACCESS_KEY_ID === undefined || GS_SECRET_ACCESS_KEY === undefined) return new GsObject(bucket, key);
  const credentials = { accessKeyId: GS_ACCESS_KEY_ID, secretAccessKey: GS_SECRET_ACCESS_KEY };
  return new S3Object(bucket, key, async () => {
    const { S3Client } = await import("@aws-sdk/client-s3");
    // Checksums that only S3 itself knows would be refused.
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

  async open(after: Progress | undefined, signal: AbortSignal): Promise<FileBytes> {
    const { GOOGLE_OAUTH_ACCESS_TOKEN } = process.env;
    try {
      return await this.over(GOOGLE_OAUTH_ACCESS_TOKEN).open(after, signal);
    } catch (error) {
      const isDenied = error instanceof SourceRefusal && (error.status === 401 || error.status === 403);
      const token = isDenied && GOOGLE_OAUTH_ACCESS_TOKEN === undefined ? await tokenOfMachine() : undefined;
      if (token === undefined) throw error;
      return this.over(token).open(after, signal);
    }
  }

  beside(suffix: string): FileSource {
    return new GsObject(this.bucket, this.key + suffix);
  }

  private over(token: string | undefined): FileSource {
    const path = [this.bucket, ...this.key.split("/")].map(encodeURIComponent).join("/");
    return new HttpFile(`${endpoint()}/${path}`, token === undefined ? {} : { authorization: `Bearer ${token}` });
  }
}

function endpoint(): string {
  return process.env.STORAGE_EMULATOR_HOST ?? "https://storage.googleapis.com";
}

/** What Google's machines, and pods with workload identity, are given; undefined anywhere else. */
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
