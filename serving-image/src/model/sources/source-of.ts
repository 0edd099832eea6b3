import { type FileSource, SourceError } from "./file-source";
import { gsObject } from "./gs-object";
import { HttpFile } from "./http-file";
import { LocalFile, localPath } from "./local-file";
import { MlflowModel } from "./mlflow-model";
import { ModelSource } from "./model-source";
import { OciLayout } from "./oci-layout";
import { S3Object } from "./s3-object";

/** The source of the model at a URI, which names its file or a folder that contains it. */
export function sourceOf(uri: string): FileSource {
  if (/^(?:models|runs|mlflow-artifacts):/.test(uri)) return new MlflowModel(uri, plainSourceOf);
  if (/^oci:/.test(uri)) return new OciLayout(uri);
  const isHttp = /^https?:\/\//i.test(uri);
  const isFolder = (isHttp ? new URL(uri).pathname : uri).endsWith("/");
  // A web server answers with a page for a folder, and cannot list one: only a URL that must be a folder is treated as one.
  return isHttp && !isFolder ? plainSourceOf(uri) : new ModelSource(plainSourceOf(uri), isFolder);
}

/** The source of a file or folder in a store. */
function plainSourceOf(uri: string): FileSource {
  const path = localPath(uri);
  if (path !== undefined) return new LocalFile(path);
  // Not parsed as a URL: a key may contain what a URL treats as a query or an escape.
  const [, scheme = "", bucket = "", key = ""] = /^(s3|gs):\/\/([^/]+)\/?(.*)$/i.exec(uri) ?? [];
  if (scheme !== "") return scheme.toLowerCase() === "s3" ? new S3Object(bucket, key) : gsObject(bucket, key);
  if (/^https?:\/\//i.test(uri)) return new HttpFile(uri);
  throw new SourceError(`${uri} is not a supported URI`);
}
