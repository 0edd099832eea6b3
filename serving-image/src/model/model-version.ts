import type { ModelCache } from "../cache/model-cache";
import type { Faults } from "../faults/faults";
import { Refusal } from "../http/refusal";
import type { ModelMetrics } from "../observability/metrics";
import type { ModelSignature } from "../protocol/datatypes";
import type { InferAnswerWriter } from "../protocol/infer-answer";
import type { InferRequestReader } from "../protocol/infer-request";
import type { Batcher } from "./batcher";
import type { BatchingPlan } from "./batching";

/** A model that can be asked. */
export interface ServedModel {
  /** Sum of its file. */
  readonly sha256: string;
  readonly signature: ModelSignature;
  readonly plan: BatchingPlan;
  readonly batcher: Batcher;
  readonly requests: InferRequestReader;
  readonly answers: InferAnswerWriter;
  /** Names a prediction that it makes. */
  newId(): string;
  /** Only in a server that was started to have some. */
  readonly faults?: Faults;
  /** Absent where its answers are not kept. */
  readonly cache?: ModelCache;
}

/** One version of a model in the server: known by name before it is loaded. */
export class ModelVersion {
  private served: ServedModel | undefined;
  private because = "the server is starting";

  constructor(
    readonly model: string,
    readonly version: string,
    readonly metrics: ModelMetrics,
  ) {}

  /** Why it should not be asked; undefined while it can be. */
  get notReadyBecause(): string | undefined {
    return this.served ? this.served.batcher.unavailableBecause : this.because;
  }

  /** Whether it has been loaded, and so may be asked. */
  get isLoaded(): boolean {
    return this.served !== undefined;
  }

  /** Sum of the file that is served; undefined while there is none. */
  get sha256(): string | undefined {
    return this.served?.sha256;
  }

  /** How far loading it has come; a version that is served already serves on. */
  loading(step: string): void {
    this.because = step;
  }

  /** From now on requests are answered by this; returns what answered them before. */
  serve(model: ServedModel): ServedModel | undefined {
    const replaced = this.served;
    this.served = model;
    this.metrics.readyWhile(() => model.batcher.unavailableBecause === undefined);
    return replaced;
  }

  /** What answers requests; refuses while there is none. */
  current(): ServedModel {
    if (this.served) return this.served;
    throw new Refusal(503, `Model "${this.model}" is not ready: ${this.because}.`, { "retry-after": "1" });
  }
}
