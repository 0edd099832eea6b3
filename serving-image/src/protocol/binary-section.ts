import { badRequest } from "../core/http-error";

/** The bytes after the JSON of a request: the tensors that it declares as binary, in order. */
export class BinarySection {
  /** @param at where the section starts in the body */
  constructor(
    private readonly bytes: Buffer,
    private at: number,
  ) {}

  /** The next bytes, as many as the input declares. */
  take(name: string, size: unknown): Buffer {
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
      const shown = JSON.stringify(size).slice(0, 40);
      throw badRequest(`Input "${name}": binary_data_size is ${shown}, not a whole number of bytes.`);
    }
    const rest = this.bytes.length - this.at;
    if (size > rest) {
      throw badRequest(`Input "${name}": binary_data_size is ${size}, but the body has only ${rest} bytes left.`);
    }
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  /** Throws if there are bytes left that belong to no input. */
  finish(): void {
    const rest = this.bytes.length - this.at;
    if (rest > 0) throw badRequest(`${rest} bytes at the end of the body belong to no input (binary_data_size).`);
  }
}
