import { createHash } from "node:crypto";
import { emptyRecord } from "../core/empty-record";
import type { Difference } from "./difference";
import { type PackedTensors, type PredictionRecord, unpackTensor } from "./prediction-record";
import type { ComparisonConfig } from "./settings";

/** A request with different predictions on the two sides. */
interface DifferingRequest {
  readonly own: PredictionRecord;
  readonly live: PredictionRecord;
  readonly differences: Readonly<Record<string, Difference>>;
  /** Only if `comparison.values` is true and they are not too large. */
  readonly inputs?: PackedTensors | undefined;
}

/** The latest requests with different predictions, for people to read: with hashes, or with values if the settings allow it. */
export class DifferingRequests {
  private readonly latest: object[] = [];

  constructor(private readonly config: Pick<ComparisonConfig, "samples" | "values">) {}

  add(request: DifferingRequest): void {
    if (this.config.samples === 0) return;
    if (this.latest.length === this.config.samples) this.latest.shift();
    this.latest.push(this.describe(request));
  }

  toJson(): readonly object[] {
    return this.latest;
  }

  private describe({ own, live, differences, inputs }: DifferingRequest): object {
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

function shown(name: string, live: PredictionRecord, shadow: PredictionRecord): object {
  return { live: valueOf(name, live.outputs), shadow: valueOf(name, shadow.outputs) };
}

function hashed(name: string, live: PredictionRecord, shadow: PredictionRecord): object {
  return { live_sha256: hashOf(name, live.outputs), shadow_sha256: hashOf(name, shadow.outputs) };
}

function valuesOf(tensors: PackedTensors): object[] {
  return Object.keys(tensors).map((name) => ({ name, value: valueOf(name, tensors) }));
}

function valueOf(name: string, tensors: PackedTensors = emptyRecord()): object | null {
  const packed = tensors[name];
  if (!packed) return null;
  const { datatype, shape, data } = unpackTensor(name, packed);
  // JSON has neither 64-bit integers nor NaN.
  const elements = Array.from(data as ArrayLike<unknown>, (one) =>
    typeof one === "bigint" || (typeof one === "number" && !Number.isFinite(one)) ? String(one) : one,
  );
  return { datatype, shape, data: elements };
}

function hashOf(name: string, tensors: PackedTensors = emptyRecord()): string | null {
  const packed = tensors[name];
  return packed ? createHash("sha256").update(packed.bytes).digest("hex") : null;
}
