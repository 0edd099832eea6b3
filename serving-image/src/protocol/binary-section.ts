import { badRequest } from "../core/refusal";

/** The bytes behind the JSON of a request: the tensors that it declares as binary, in their order. */
export class BinarySection {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  /** The next bytes, as many as an input says are its own. */
  take(name: string, size: unknown): Buffer {
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
      const shown = JSON.stringify(size).slice(0, 40);
      throw badRequest(`Input "${name}": binary_data_size is ${shown}, not a whole number of bytes.`);
    }
    const rest = this.bytes.length - this.at;
    if (size > rest) {
      throw badRequest(`Input "${name}": binary_data_size is ${size}, but only ${rest} bytes are left of the body.`);
    }
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  /** Refuses bytes that belong to no input. */
  finish(): void {
    const rest = this.bytes.length - this.at;
    if (rest > 0) throw badRequest(`${rest} bytes at the end of the body belong to no input (binary_data_size).`);
  }
}
