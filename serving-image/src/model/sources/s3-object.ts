import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { reasonOf } from "../../core/start-up-error";
import { isObject } from "../../protocol/json";
import { type DownloadProgress, type FileBytes, type FileSource, SourceError } from "./file-source";
import { keyBeside, keyWithin, prefixOf } from "./object-key";

/** Creates the client on demand, so that the SDK is only loaded if it is used. */
type ClientFactory = () => Promise<S3Client>;

/** What S3-compatible servers expect if they have no regions. */
const REGION_OF_OTHER_SERVERS = "us-east-1";

/** Uses the endpoint, region and credentials of the AWS SDK's own environment variables. */
async function clientOfEnvironment(): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const hasEndpoint = Boolean(AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL);
  // The SDK for JavaScript reads only AWS_REGION and its files, unlike the command line and the SDKs for other languages.
  const region = AWS_REGION || AWS_DEFAULT_REGION || (hasEndpoint ? REGION_OF_OTHER_SERVERS : undefined);
  return new S3Client({
    // Path-style addressing works with every S3-compatible server, even without wildcard DNS.
    forcePathStyle: hasEndpoint,
    followRegionRedirects: true,
    ...(region !== undefined && { region }),
  });
}

/** An object in S3 or in an S3-compatible store. */
export class S3Object implements FileSource {
  constructor(
    private readonly bucket: string,
    private readonly key: string,
    private readonly createClient: ClientFactory = clientOfEnvironment,
  ) {}

  async open(after: DownloadProgress | undefined, signal: AbortSignal): Promise<FileBytes> {
    const { GetObjectCommand } = await import("@aws-sdk/client-s3");
    const client = await this.createClient();
    const range = after && { Range: `bytes=${after.bytes}-`, IfMatch: after.tag };
    try {
      const object = await client.send(new GetObjectCommand({ Bucket: this.bucket, Key: this.key, ...range }), {
        abortSignal: signal,
      });
      const { Body, ContentLength, ContentRange, ETag } = object;
      if (!(Body instanceof Readable)) throw new SourceError("the object has no content");
      // A server without support for ranges sends the whole file.
      const start = after && ContentRange?.startsWith(`bytes ${after.bytes}-`) ? after.bytes : 0;
      return {
        stream: Body,
        start,
        ...(ContentLength !== undefined && { size: start + ContentLength }),
        ...(ETag !== undefined && { tag: ETag }),
      };
    } catch (error) {
      // 412: the content has changed. 416: the content is shorter than the partial file.
      const status = statusOf(error);
      if (after && (status === 412 || status === 416)) return this.open(undefined, signal);
      return toSourceError(error);
    }
  }

  sibling(suffix: string): FileSource {
    return new S3Object(this.bucket, this.key + suffix, this.createClient);
  }

  beside(path: string): FileSource {
    return new S3Object(this.bucket, keyBeside(this.key, path), this.createClient);
  }

  within(path: string): FileSource {
    return new S3Object(this.bucket, keyWithin(this.key, path), this.createClient);
  }

  async names(signal: AbortSignal): Promise<readonly string[]> {
    const { ListObjectsV2Command } = await import("@aws-sdk/client-s3");
    const client = await this.createClient();
    const prefix = prefixOf(this.key);
    const list = new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, Delimiter: "/" });
    const { Contents = [] } = await client.send(list, { abortSignal: signal }).catch(toSourceError);
    return Contents.map(({ Key = "" }) => Key.slice(prefix.length)).filter((name) => name !== "");
  }
}

function statusOf(error: unknown): number | undefined {
  const metadata = error instanceof Error && "$metadata" in error ? error.$metadata : undefined;
  const status = isObject(metadata) ? metadata.httpStatusCode : undefined;
  return typeof status === "number" ? status : undefined;
}

/** Problems that no retry resolves, although no server has answered. */
const PERMANENT: Readonly<Record<string, string>> = {
  CredentialsProviderError: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the pod a role",
};

function toSourceError(error: unknown): never {
  const status = statusOf(error);
  const reason = reasonOf(error);
  if (status !== undefined && status < 500 && status !== 429) throw new SourceError(withCode(error, reason), status);
  const fix = error instanceof Error ? PERMANENT[error.name] : undefined;
  if (fix !== undefined) throw new SourceError(`${reason}; ${fix}`);
  if (/^Region is missing/.test(reason))
    throw new SourceError("no region is set; set AWS_REGION or AWS_DEFAULT_REGION");
  throw error;
}

/** The message of S3 does not always contain its code, which says more. */
function withCode(error: unknown, reason: string): string {
  const code = error instanceof Error ? error.name : "";
  if (reason === "UnknownError") return `the server answered ${statusOf(error)} (${code})`;
  return reason.includes(code) || code === "Error" ? reason : `${code}: ${reason}`;
}
