import { createHash, type Hash } from "node:crypto";
import type { ModelSignature, TensorValue } from "../protocol/datatypes";
import type { Inference } from "../model/request-queue";
import { writeRaw } from "../protocol/raw-data";

/** Changes whenever keys or values are made in another way: entries of an older server are then not found. */
const FORM = 1;
/** Memcached takes no longer keys than 250 bytes; what is readable of one is only for people. */
const READABLE_LENGTH = 160;

/** Makes the keys of one artifact's answers. */
export class CacheKeys {
  private readonly readable: string;
  private readonly artifact: string;
  private readonly names: readonly string[];

  constructor(prefix: string, model: string, version: string, sha256: string, { inputs }: ModelSignature) {
    this.readable = `${prefix}:${model}:${version}`.slice(0, READABLE_LENGTH);
    this.artifact = JSON.stringify([FORM, prefix, model, version, sha256]);
    this.names = inputs.map(({ name }) => name);
  }

  /**
   * The same for the same tensors in whatever form they came and in whatever order they were given, and for the same
   * outputs in whatever order they are asked for.
   */
  of({ inputs, outputs }: Pick<Inference, "inputs" | "outputs">): string {
    const hash = createHash("sha256")
      .update(this.artifact)
      .update(JSON.stringify([...outputs].sort()));
    for (const name of this.names) {
      const tensor = inputs[name];
      if (tensor) add(hash, name, tensor);
    }
    return `${this.readable}:${hash.digest("base64url")}`;
  }
}

/** Says how long each part is, so that no two lists of tensors read alike. */
function add(hash: Hash, name: string, { datatype, shape, data }: TensorValue): void {
  const bytes = writeRaw(data);
  hash.update(`${JSON.stringify(name)}${datatype}[${shape.join()}]${bytes.length};`).update(bytes);
}
