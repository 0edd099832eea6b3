import { createHash } from "node:crypto";
import type { Difference } from "./difference";
import { type Half, type PackedTensors, unpackTensor } from "./half";
import type { ComparisonConfig } from "./settings";

/** A request to which both sides gave other predictions. */
export interface Differing {
  readonly own: Half;
  readonly live: Half;
  readonly differences: Readonly<Record<string, Difference>>;
  /** Only where values may be shown, and are not too large. */
  readonly inputs?: PackedTensors | undefined;
}

/** The latest requests with other predictions, for people: hashes of what was asked and answered, unless values are wanted. */
export class DifferingRequests {
  private readonly latest: object[] = [];

  constructor(private readonly config: Pick<ComparisonConfig, "samples" | "values">) {}

  add(request: Differing): void {
    if (this.config.samples === 0) return;
    if (this.latest.length === this.config.samples) this.latest.shift();
    this.latest.push(this.describe(request));
  }

  toJson(): readonly object[] {
    return this.latest;
  }

  private describe({ own, live, differences, inputs }: Differing): object {
    const { values } = this.config;
    return {
      at: new Date().toISOString(),
      request_id: own.id,
      live_version: live.version,
      shadow_version: own.version,
      inputs_sha256: own.inputs,
      ...(values && inputs && { inputs: valuesOf(inputs) }),
      outputs: Object.entries(differences).map(([name, { agrees, size }]) => ({
        name,
        agrees,
        difference: size ?? null,
        ...(values ? shown(name, live, own) : hashed(name, live, own)),
      })),
    };
  }
}

function shown(name: string, live: Half, shadow: Half): object {
  return { live: valueOf(name, live.outputs), shadow: valueOf(name, shadow.outputs) };
}

function hashed(name: string, live: Half, shadow: Half): object {
  return { live_sha256: hashOf(name, live.outputs), shadow_sha256: hashOf(name, shadow.outputs) };
}

function valuesOf(tensors: PackedTensors): object[] {
  return Object.keys(tensors).map((name) => ({ name, value: valueOf(name, tensors) }));
}

function valueOf(name: string, tensors: PackedTensors = {}): object | null {
  const packed = tensors[name];
  if (!packed) return null;
  const { datatype, shape, data } = unpackTensor(name, packed);
  // JSON has no whole numbers of 64 bits, and no NaN.
  const elements = Array.from(data as ArrayLike<unknown>, (one) =>
    typeof one === "bigint" || (typeof one === "number" && !Number.isFinite(one)) ? String(one) : one,
  );
  return { datatype, shape, data: elements };
}

function hashOf(name: string, tensors: PackedTensors = {}): string | null {
  const packed = tensors[name];
  return packed ? createHash("sha256").update(packed.bytes).digest("hex") : null;
}
