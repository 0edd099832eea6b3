import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { reasonOf } from "../../core/start-up-error";
import { isObject } from "../../protocol/json";
import { type FileBytes, type FileSource, SourceError } from "./file-source";
import { extractFrom } from "./tar-layer";

const URI = /^oci:(?:\/\/)?(\/[^:@#]+)(?::([^@#]+))?(?:@([a-z0-9]+:[0-9a-f]+))?(?:#(.+))?$/;
const [NAME, TITLE] = ["org.opencontainers.image.ref.name", "org.opencontainers.image.title"];
const ONNX = /\.onnx$/;

/** The descriptor of a blob. */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations: Readonly<Record<string, unknown>>;
}

/**
 * A file of an image or artifact in an OCI image layout on disk, such as a mounted volume: `oci:/mnt/models`, optionally
 * with `:tag` or `@sha256:…`, and with `#path` if it contains several models. The file may be its own layer, or inside a tar
 * layer. Every blob is verified against its digest.
 */
export class OciLayout implements FileSource {
  private readonly folder: string;
  private readonly tag: string | undefined;
  private readonly digest: string | undefined;
  private readonly path: string | undefined;

  /**
   * @param suffix what follows the name of the model in the name of this file
   * @param besideModel path of this file, relative to the folder of the model
   */
  constructor(
    private readonly uri: string,
    private readonly suffix = "",
    private readonly besideModel?: string,
  ) {
    [, this.folder = "", this.tag, this.digest, this.path] = URI.exec(uri) ?? [];
  }

  async open(): Promise<FileBytes> {
    const layers = await this.layers();
    const titled = layers.find(({ annotations }) => this.isWanted(String(annotations[TITLE] ?? "")));
    if (titled && !isTar(titled)) return this.openBlob(titled);
    // A file in a later layer hides the same file in an earlier one.
    for (const layer of layers.filter(isTar).reverse()) {
      if (layer.mediaType.includes("zstd")) throw new SourceError("zstd layers are not supported; use gzip");
      const bytes = this.checked(layer);
      const found = await extractFrom(bytes, (path) => this.isWanted(path));
      if (found) return { ...found, start: 0 };
    }
    const wanted = this.besideModel ?? this.path ?? "*.onnx";
    throw new SourceError(`there is no ${wanted}${this.suffix} in the layers of this image`);
  }

  sibling(suffix: string): FileSource {
    return new OciLayout(this.uri, this.suffix + suffix, this.besideModel);
  }

  beside(path: string): FileSource {
    return new OciLayout(this.uri, "", path);
  }

  within(path: string): FileSource {
    return this.beside(path);
  }

  private isWanted(path: string): boolean {
    if (!path.endsWith(this.suffix)) return false;
    const name = path.slice(0, path.length - this.suffix.length).replace(/^\.?\//, "");
    if (this.besideModel === undefined) return this.path === undefined ? ONNX.test(name) : name === this.path;
    if (this.path !== undefined) return name === join(dirname(this.path), this.besideModel);
    return name === this.besideModel || name.endsWith(`/${this.besideModel}`);
  }

  private async layers(): Promise<readonly Descriptor[]> {
    const index = await readFile(join(this.folder, "index.json"), "utf8").catch((error: unknown) => {
      throw new SourceError(`it is not a valid OCI image layout: ${reasonOf(error)}`);
    });
    let document = JSON.parse(index);
    let chosen = this.choose(descriptorsIn(document, "manifests"));
    document = await this.readJson(chosen);
    // A nested index has one manifest for each platform; a model is the same on all of them.
    while (Array.isArray(document.manifests)) {
      const [first] = descriptorsIn(document, "manifests");
      if (!first) throw new SourceError(`${chosen.digest} lists no manifest`);
      chosen = first;
      document = await this.readJson(chosen);
    }
    return descriptorsIn(document, "layers");
  }

  private choose(manifests: readonly Descriptor[]): Descriptor {
    const named = manifests.filter(({ digest, annotations: { [NAME]: name } }) => {
      const isTagged = this.tag === undefined || name === this.tag || String(name).endsWith(`:${this.tag}`);
      return isTagged && (this.digest === undefined || digest === this.digest);
    });
    const [only] = named;
    if (only && named.length === 1) return only;
    const found = manifests.map(({ digest, annotations }) => String(annotations[NAME] ?? digest)).join(", ");
    throw new SourceError(`the layout contains ${found || "nothing"}; select one with :tag or @digest`);
  }

  private async readJson(blob: Descriptor): Promise<Record<string, unknown>> {
    const parts: Buffer[] = [];
    for await (const part of this.checked(blob)) parts.push(part);
    const document: unknown = JSON.parse(Buffer.concat(parts).toString());
    if (isObject(document)) return document;
    throw new SourceError(`${blob.digest} is not a JSON object`);
  }

  private openBlob(blob: Descriptor): FileBytes {
    return { stream: PassThrough.from(this.checked(blob)), start: 0, size: blob.size };
  }

  /** The bytes of a blob; fails at the end if they do not match its digest. */
  private async *checked({ digest }: Descriptor): AsyncGenerator<Buffer> {
    const [algorithm = "", sum = ""] = digest.split(":");
    if (!/^sha(256|512)$/.test(algorithm) || !/^[0-9a-f]+$/.test(sum))
      throw new SourceError(`"${digest}" is not a valid digest`);
    const hash = createHash(algorithm);
    try {
      for await (const part of createReadStream(join(this.folder, "blobs", algorithm, sum))) {
        hash.update(part);
        yield part;
      }
    } catch (error) {
      throw new SourceError(reasonOf(error));
    }
    if (hash.digest("hex") !== sum) throw new SourceError(`the content of blob ${digest} does not match its digest`);
  }
}

function isTar({ mediaType }: Descriptor): boolean {
  return /\btar\b/.test(mediaType);
}

function descriptorsIn(document: unknown, list: "manifests" | "layers"): readonly Descriptor[] {
  const entries = isObject(document) ? document[list] : undefined;
  if (!Array.isArray(entries)) throw new SourceError(`the layout has no list of ${list}`);
  return entries.map((entry: unknown) => {
    const { mediaType = "", digest, size, annotations } = isObject(entry) ? entry : {};
    if (typeof digest !== "string" || typeof size !== "number")
      throw new SourceError(`one of the ${list} is malformed`);
    return { mediaType: String(mediaType), digest, size, annotations: isObject(annotations) ? annotations : {} };
  });
}
