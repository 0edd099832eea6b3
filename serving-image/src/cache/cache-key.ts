import { createHash } from "node:crypto";
import type { ModelSignature } from "../protocol/datatypes";
import type { Inference } from "../protocol/inference";
import { writeRaw } from "../protocol/raw-data";

/** Must change with the format of keys or values, so that entries of an older server are not found. */
const FORMAT_VERSION = 1;
/** Memcached allows keys of at most 250 bytes; the readable part is only for people. */
const READABLE_LENGTH = 160;

type CacheableRequest = Pick<Inference, "inputs" | "outputs">;

/** Creates the cache keys of one model artifact. */
export class CacheKeys {
  private readonly readable: string;
  private readonly artifact: string;
  private readonly names: readonly string[];
  /** The start of the last key: nearly all requests have the same outputs. */
  private last: { readonly outputs: readonly string[]; readonly head: string } | undefined;

  constructor(prefix: string, model: string, version: string, sha256: string, { inputs }: ModelSignature) {
    this.readable = `${prefix}:${model}:${version}`.slice(0, READABLE_LENGTH);
    this.artifact = JSON.stringify([FORMAT_VERSION, prefix, model, version, sha256]);
    this.names = inputs.map(({ name }) => name);
  }

  /**
   * The key of a request. It depends neither on the format of the request nor on the order of its inputs and outputs.
   */
  of({ inputs, outputs }: CacheableRequest): string {
    let head = this.headOf(outputs);
    const tensors: Buffer[] = [];
    for (const name of this.names) {
      const tensor = inputs[name];
      if (!tensor) continue;
      const bytes = writeRaw(tensor.data);
      // Includes each length, so that different lists of tensors never have the same text.
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
