import { HttpError } from "../core/http-error";
import type { ModelMetrics } from "../observability/metrics";
import type { BatchingPlan } from "./batching-plan";
import type { ServedModel } from "./served-model";

/** One version of a model. It exists before the model is loaded. */
export class ModelVersion {
  private served: ServedModel | undefined;
  private loadingStep = "the server is starting";

  constructor(
    readonly model: string,
    readonly version: string,
    readonly metrics: ModelMetrics,
  ) {}

  /** Why it should receive no requests; undefined while it is ready. */
  get notReadyReason(): string | undefined {
    return this.served ? this.served.batcher.unavailableReason : this.loadingStep;
  }

  get isLoaded(): boolean {
    return this.served !== undefined;
  }

  /** How its requests share runs; undefined until it is loaded. */
  get batching(): BatchingPlan | undefined {
    return this.served?.plan;
  }

  /** SHA-256 of the served file; undefined until one is loaded. */
  get sha256(): string | undefined {
    return this.served?.sha256;
  }

  /** Sets the current step of loading. A version that is already served keeps serving. */
  loading(step: string): void {
    this.loadingStep = step;
  }

  /** Serves a model from now on; returns the one that it replaces. */
  serve(model: ServedModel): ServedModel | undefined {
    const replaced = this.served;
    this.served = model;
    this.metrics.readyWhile(() => model.batcher.unavailableReason === undefined);
    return replaced;
  }

  /** The served model; throws until one is loaded. */
  current(): ServedModel {
    if (this.served) return this.served;
    throw new HttpError(503, `Model "${this.model}" is not ready: ${this.loadingStep}.`, { "retry-after": "1" });
  }
}
