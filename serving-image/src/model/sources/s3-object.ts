import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { reasonOf } from "../../core/start-up-error";
import { type DownloadProgress, type FileBytes, type FileSource, SourceError } from "./file-source";

/** Creates the client on demand, so that the SDK is only loaded if it is used. */
type ClientFactory = () => Promise<S3Client>;

/** Uses the endpoint, region and credentials of the AWS SDK's own environment variables. */
async function clientOfEnvironment(): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  return new S3Client({
    // Path-style addressing works with every S3-compatible server, even without wildcard DNS.
    forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined || process.env.AWS_ENDPOINT_URL !== undefined,
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
    const { GetObjectCommand, S3ServiceException } = await import("@aws-sdk/client-s3");
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
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      // 412: the content has changed. 416: the content is shorter than the partial file.
      if (after && (status === 412 || status === 416)) return this.open(undefined, signal);
      if (status !== undefined && status < 500 && status !== 429) throw new SourceError(reasonOf(error), status);
      throw error;
    }
  }

  sibling(suffix: string): FileSource {
    return new S3Object(this.bucket, this.key + suffix, this.createClient);
  }
}
