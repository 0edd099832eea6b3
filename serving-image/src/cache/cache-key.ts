import { createHash } from "node:crypto";
import type { ModelSignature } from "../protocol/datatypes";
import type { Inference } from "../protocol/inference";
import { writeRaw } from "../protocol/raw-data";

/** Changes whenever keys or values are made in another way: entries of an older server are then not found. */
const FORM = 1;
/** Memcached takes no longer keys than 250 bytes; what is readable of one is only for people. */
const READABLE_LENGTH = 160;

type Asked = Pick<Inference, "inputs" | "outputs">;

/** Makes the keys of one artifact's answers. */
export class CacheKeys {
  private readonly readable: string;
  private readonly artifact: string;
  private readonly names: readonly string[];
  /** What the last key began with: nearly all requests ask for the same outputs. */
  private last: { readonly outputs: readonly string[]; readonly head: string } | undefined;

  constructor(prefix: string, model: string, version: string, sha256: string, { inputs }: ModelSignature) {
    this.readable = `${prefix}:${model}:${version}`.slice(0, READABLE_LENGTH);
    this.artifact = JSON.stringify([FORM, prefix, model, version, sha256]);
    this.names = inputs.map(({ name }) => name);
  }

  /**
   * The same for the same tensors in whatever form they came and in whatever order they were given, and for the same
   * outputs in whatever order they are asked for.
   */
  of({ inputs, outputs }: Asked): string {
    let head = this.headOf(outputs);
    const tensors: Buffer[] = [];
    for (const name of this.names) {
      const tensor = inputs[name];
      if (!tensor) continue;
      const bytes = writeRaw(tensor.data);
      // How long each part is, so that no two lists of tensors read alike.
      head += `${JSON.stringify(name)}${tensor.datatype}[${tensor.shape.join()}]${bytes.length};`;
      tensors.push(bytes);
    }
    const hash = createHash("sha256").update(head);
    for (const bytes of tensors) hash.update(bytes);
    return `${this.readable}:${hash.digest("base64url")}`;
  }

  private headOf(outputs: readonly string[]): string {
    if (this.last?.outputs !== outputs) {
      this.last = { outputs, head: this.artifact + JSON.stringify([...outputs].sort()) };
    }
    return this.last.head;
  }
}
