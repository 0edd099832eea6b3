import { type FileSource, SourceError } from "./file-source";
import { gsObject } from "./gs-object";
import { HttpFile } from "./http-file";
import { LocalFile, localPath } from "./local-file";
import { MlflowFile } from "./mlflow-file";
import { OciLayout } from "./oci-layout";
import { S3Object } from "./s3-object";

/** The source of a URI. */
export function sourceOf(uri: string): FileSource {
  const path = localPath(uri);
  if (path !== undefined) return new LocalFile(path);
  // Not parsed as a URL: a key may contain what a URL treats as a query or an escape.
  const [, scheme = "", bucket = "", key = ""] = /^(s3|gs):\/\/([^/]+)\/(.+)$/i.exec(uri) ?? [];
  if (scheme !== "") return scheme.toLowerCase() === "s3" ? new S3Object(bucket, key) : gsObject(bucket, key);
  if (/^https?:\/\//i.test(uri)) return new HttpFile(uri);
  if (/^(models|mlflow-artifacts):/.test(uri)) return new MlflowFile(uri, sourceOf);
  if (/^oci:/.test(uri)) return new OciLayout(uri);
  throw new SourceError(`${uri} is not a supported URI`);
}
