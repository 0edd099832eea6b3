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

function predictSoundly(model: ServedModel, draft: InferDraft, caller: Caller): Promise<Prediction> {
  const request = model.requests.read(draft);
  const id = model.newId();
  if (model.cache) {
    // Others may wait for the same outputs, and whoever comes later finds them: they are computed, whoever has gone.
    const cached = model.cache.outputsOf(request, () => compute(model.batcher, request));
    return cached.then(({ outputs, outcome }) => ({ id, request, outputs, cache: outcome }));
  }
  return compute(model.batcher, request, () => caller.isGone()).then((outputs) => ({ id, request, outputs }));
}

function compute(batcher: Batcher, request: InferRequest, isGone?: () => boolean): Promise<Tensors> {
  return batcher.infer(request, isGone).catch(refuseUncomputed);
}

function refuseUncomputed(error: unknown): never {
  const reason = reasonOf(error);
  if (error instanceof Refusal || /alloc|out of memory/i.test(reason)) throw error;
  // The request is well formed and yet the model fails: not the server's fault, and perhaps not the caller's.
  throw new Refusal(contract.codes.modelFailure, `The model cannot compute with these values: ${reason}.`);
}
