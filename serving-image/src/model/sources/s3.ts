import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { reasonOf } from "../../core/start-up-error";
import { type FileBytes, type FileSource, type Progress, SourceRefusal } from "./model-source";

/** Makes the client once it is needed: only those who use such a source pay for loading the SDK. */
export type ClientFactory = () => Promise<S3Client>;

/** With endpoint, region and credentials from the AWS SDK's own environment. */
async function clientOfEnvironment(): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  return new S3Client({
    // A bucket in the path works with every server that speaks S3, also where no wildcard name exists.
    forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined || process.env.AWS_ENDPOINT_URL !== undefined,
  });
}

/** An object of a bucket, in S3 or in anything that speaks its protocol. */
export class S3Object implements FileSource {
  constructor(
    private readonly bucket: string,
    private readonly key: string,
    private readonly createClient: ClientFactory = clientOfEnvironment,
  ) {}

  async open(after: Progress | undefined, signal: AbortSignal): Promise<FileBytes> {
    const { GetObjectCommand, S3ServiceException } = await import("@aws-sdk/client-s3");
    const client = await this.createClient();
    const range = after && { Range: `bytes=${after.bytes}-`, IfMatch: after.tag };
    try {
      const object = await client.send(new GetObjectCommand({ Bucket: this.bucket, Key: this.key, ...range }), {
        abortSignal: signal,
      });
      const { Body, ContentLength, ContentRange, ETag } = object;
      if (!(Body instanceof Readable)) throw new SourceRefusal("the object has no content");
      // A server that knows no ranges sends the whole.
      const start = after && ContentRange?.startsWith(`bytes ${after.bytes}-`) ? after.bytes : 0;
      return {
        stream: Body,
        start,
        ...(ContentLength !== undefined && { size: start + ContentLength }),
        ...(ETag !== undefined && { tag: ETag }),
      };
    } catch (error) {
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      // 412: it is another file by now. 416: there is less of it than has come.
      if (after && (status === 412 || status === 416)) return this.open(undefined, signal);
      if (status !== undefined && status < 500 && status !== 429) throw new SourceRefusal(reasonOf(error), status);
      throw error;
    }
  }

  beside(suffix: string): FileSource {
    return new S3Object(this.bucket, this.key + suffix, this.createClient);
  }
}
