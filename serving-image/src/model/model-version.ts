import { Refusal } from "../http/refusal";
import type { ModelMetrics } from "../observability/metrics";
import type { ModelSignature } from "../protocol/datatypes";
import type { InferAnswerWriter } from "../protocol/infer-answer";
import type { InferRequestReader } from "../protocol/infer-request";
import type { Batcher } from "./batcher";
import type { BatchingPlan } from "./batching";

/** A model that can be asked. */
export interface ServedModel {
  readonly signature: ModelSignature;
  readonly plan: BatchingPlan;
  readonly batcher: Batcher;
  readonly requests: InferRequestReader;
  readonly answers: InferAnswerWriter;
}

/** One version of a model in the server: known by name before it is loaded. */
export class ModelVersion {
  private served: ServedModel | undefined;
  private because: string | undefined = "the server is starting";

  constructor(
    readonly model: string,
    readonly version: string,
    readonly metrics: ModelMetrics,
  ) {}

  /** Why it cannot be asked; undefined once it can. */
  get notReadyBecause(): string | undefined {
    return this.because;
  }

  get isReady(): boolean {
    return this.served !== undefined;
  }

  notReady(because: string): void {
    this.because = because;
  }

  serve(model: ServedModel): void {
    this.served = model;
    this.because = undefined;
    this.metrics.setReady(true);
  }

  /** What answers requests; refuses while there is none. */
  current(): ServedModel {
    if (this.served) return this.served;
    throw new Refusal(503, `Model "${this.model}" is not ready: ${this.because}.`, { "retry-after": "1" });
  }
}
