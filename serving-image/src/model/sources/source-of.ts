import { LocalFile, localPath } from "./file";
import { gsObject } from "./gs";
import { HttpFile } from "./http";
import { MlflowFile } from "./mlflow";
import { type FileSource, SourceRefusal } from "./model-source";
import { OciLayout } from "./oci";
import { S3Object } from "./s3";

/** What a URI names. */
export function sourceOf(uri: string): FileSource {
  const path = localPath(uri);
  if (path !== undefined) return new LocalFile(path);
  // Taken apart by hand: a key may hold what a URL would read as a query or an escape.
  const [, scheme = "", bucket = "", key = ""] = /^(s3|gs):\/\/([^/]+)\/(.+)$/i.exec(uri) ?? [];
  if (scheme !== "") return scheme.toLowerCase() === "s3" ? new S3Object(bucket, key) : gsObject(bucket, key);
  if (/^https?:\/\//i.test(uri)) return new HttpFile(uri);
  if (/^(models|mlflow-artifacts):/.test(uri)) return new MlflowFile(uri, sourceOf);
  if (/^oci:/.test(uri)) return new OciLayout(uri);
  throw new SourceRefusal(`there is no way to read ${uri}`);
}
