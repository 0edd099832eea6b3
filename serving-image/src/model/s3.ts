import { Readable } from "node:stream";
import type { ModelBytes } from "./source";

/** Reads an object with endpoint, region and credentials from the AWS SDK's own environment. */
export async function openS3(uri: string, signal: AbortSignal): Promise<ModelBytes> {
  // Taken apart by hand: a key may hold what a URL would read as a query or an escape.
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/i.exec(uri) ?? [];
  // Only those who use s3 pay for loading the SDK.
  const { GetObjectCommand, S3Client } = await import("@aws-sdk/client-s3");
  const client = new S3Client({
    // A bucket in the path works with every server that speaks S3, also where no wildcard name exists.
    forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined || process.env.AWS_ENDPOINT_URL !== undefined,
  });
  const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal: signal });
  if (!(Body instanceof Readable)) throw new Error("the object has no content");
  return { stream: Body, ...(ContentLength !== undefined && { size: ContentLength }) };
}
