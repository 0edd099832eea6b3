import { Refusal } from "../core/refusal";
import type { ModelMetrics } from "../observability/metrics";
import type { ServedModel } from "./served-model";

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
