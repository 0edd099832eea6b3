import type { CacheOutcome } from "../cache/model-cache";
import { contract } from "../contract";
import { Refusal } from "../http/refusal";
import type { Batcher } from "../model/batcher";
import type { ServedModel } from "../model/model-version";
import type { Tensors } from "../protocol/datatypes";
import type { InferDraft } from "../protocol/infer-draft";
import type { InferRequest } from "../protocol/infer-request";
import { reasonOf } from "../start-up-error";

/** What a model answered to one request, whichever way it came. */
export interface Prediction {
  readonly id: string;
  readonly request: InferRequest;
  readonly outputs: Tensors;
  /** What the cache did for it; absent where the model has none. */
  readonly cache?: CacheOutcome;
}

/** Who asks for a prediction. */
interface Caller {
  /** Whether nobody waits for the answer any more. */
  isGone(): boolean;
}

/** Checks a request against the model and computes it: the one way into a model, from HTTP and from gRPC. */
export function predict(model: ServedModel, draft: InferDraft, caller: Caller): Promise<Prediction> {
  const { faults } = model;
  return faults ? faults.around(() => predictSoundly(model, draft, caller)) : predictSoundly(model, draft, caller);
}

async function predictSoundly(model: ServedModel, draft: InferDraft, caller: Caller): Promise<Prediction> {
  const request = model.requests.read(draft);
  if (model.cache) {
    // Others may wait for the same outputs, and whoever comes later finds them: they are computed, whoever has gone.
    const { outputs, outcome } = await model.cache.outputsOf(request, () => compute(model.batcher, request));
    return { id: model.newId(), request, outputs, cache: outcome };
  }
  const outputs = await compute(model.batcher, request, () => caller.isGone());
  return { id: model.newId(), request, outputs };
}

async function compute(batcher: Batcher, request: InferRequest, isGone?: () => boolean): Promise<Tensors> {
  try {
    return await batcher.infer(request, isGone);
  } catch (error) {
    const reason = reasonOf(error);
    if (error instanceof Refusal || /alloc|out of memory/i.test(reason)) throw error;
    // The request is well formed and yet the model fails: not the server's fault, and perhaps not the caller's.
    throw new Refusal(contract.codes.modelFailure, `The model cannot compute with these values: ${reason}.`);
  }
}
