import { createHash, type KeyObject, sign } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { encode, type Message, model, node, tensorValue } from "./onnx-writer";

const EXTERNAL = 1;

/** A model that returns row `i` of a table of two numbers in every row, and adds a bias: both are external data. */
export class SplitModel {
  readonly onnx: Buffer;
  readonly data: ReadonlyMap<string, Buffer>;

  /** @param locations where the table and the bias are, as the model's file says it */
  constructor(
    readonly value: number,
    locations: readonly [table: string, bias: string] = ["model.onnx.data", "model.onnx.data"],
    readonly rows = 1024,
  ) {
    const [table, bias] = locations;
    const [tableBytes, biasBytes] = [floats(value, 2 * rows), floats(value / 2, 2)];
    const isOne = table === bias;
    this.onnx = encode(
      model({
        inputs: [tensorValue("i", "INT64", ["n"])],
        outputs: [tensorValue("y", "FP32", ["n", 2])],
        nodes: [node("Gather", ["table", "i"], ["row"]), node("Add", ["row", "bias"], ["y"])],
        constants: [
          externalTensor("table", [rows, 2], table, 0, tableBytes.length),
          externalTensor("bias", [2], bias, isOne ? tableBytes.length : 0, biasBytes.length),
        ],
      }),
    );
    this.data = isOne
      ? new Map([[table, Buffer.concat([tableBytes, biasBytes])]])
      : new Map([
          [table, tableBytes],
          [bias, biasBytes],
        ]);
  }

  /** All files by path, with the model under the given name. */
  files(name = "model.onnx"): ReadonlyMap<string, Buffer> {
    return new Map([[name, this.onnx], ...this.data]);
  }

  write(folder: string, name?: string): string {
    for (const [file, bytes] of this.files(name)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), bytes);
    }
    return join(folder, name ?? "model.onnx");
  }

  get manifest(): string {
    const names = [...this.data.keys()].sort();
    const lines = names.map((name) => `${sha256(this.data.get(name) ?? "")}  ${name}\n`);
    return [`${sha256(this.onnx)}  -\n`, ...lines].join("");
  }

  get sha256(): string {
    return sha256(this.manifest);
  }

  /** A signature as `openssl pkeyutl -sign -rawin` makes it with a key of Ed25519, or `openssl dgst` with another one. */
  signature(key: KeyObject): Buffer {
    return sign(key.asymmetricKeyType === "ed25519" ? null : "sha256", Buffer.from(this.manifest), key);
  }
}

export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function externalTensor(
  name: string,
  shape: readonly number[],
  location: string,
  offset: number,
  length: number,
): Message {
  const entries = { location, offset: String(offset), length: String(length) };
  const external = Object.entries(entries).map(([key, value]): Message => ({ 1: key, 2: value }));
  return { 1: [...shape], 2: 1, 8: name, 13: external, 14: EXTERNAL };
}

function floats(value: number, count: number): Buffer {
  return Buffer.from(new Float32Array(count).fill(value).buffer);
}
