import { Refusal } from "../http/refusal";
import type { InferAnswerWriter } from "../protocol/infer-answer";
import type { InferRequestReader } from "../protocol/infer-request";
import type { ModelSignature } from "../protocol/datatypes";
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

/** What the server serves at the moment, and whether requests should be sent to it. */
export class ServingState {
  private served: ServedModel | undefined;
  private because: string | undefined = "the server is starting";

  constructor(
    readonly model: string,
    readonly version: string,
  ) {}

  /** Why no requests should be sent here; undefined while they may. */
  get notReadyBecause(): string | undefined {
    return this.because;
  }

  notReady(because: string): void {
    this.because = because;
  }

  serve(model: ServedModel): void {
    this.served = model;
    this.because = undefined;
  }

  /** Refuses a name or a version that is not served here. */
  check([model, version]: readonly string[]): void {
    if (model !== this.model) throw new Refusal(404, `Model "${model}" is unknown; this server has "${this.model}".`);
    if (version === undefined || version === this.version) return;
    throw new Refusal(404, `Version "${version}" of model "${model}" is unknown; this server has "${this.version}".`);
  }

  /** The model, as long as there is one: also while the server drains. */
  current(): ServedModel {
    if (this.served) return this.served;
    throw new Refusal(503, `Model "${this.model}" is not ready: ${this.because}.`, { "retry-after": "1" });
  }
}
