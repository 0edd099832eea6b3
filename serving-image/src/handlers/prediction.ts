import type { CacheOutcome } from "../cache/model-cache";
import { contract } from "../contract";
import { Refusal } from "../http/refusal";
import type { Caller } from "../model/request-queue";
import type { ServedModel } from "../model/model-version";
import type { Tensors } from "../protocol/datatypes";
import type { InferDraft } from "../protocol/infer-draft";
import type { InferRequest } from "../protocol/infer-request";
import { promised, replyWith, type Reply } from "../reply";
import { reasonOf } from "../start-up-error";

/** What a model answered to one request, whichever way it came. */
export interface Prediction {
  readonly id: string;
  readonly request: InferRequest;
  readonly outputs: Tensors;
  /** What the cache did for it; absent where the model has none. */
  readonly cache?: CacheOutcome;
}

/** Checks a request against the model and computes it: the one way into a model, from HTTP and from gRPC. */
export function predict(model: ServedModel, draft: InferDraft, caller: Caller, reply: Reply<Prediction>): void {
  const { faults } = model;
  if (faults)
    replyWith(
      reply,
      faults.around(() => promised((soundly) => compute(model, draft, caller, soundly))),
    );
  else compute(model, draft, caller, reply);
}

function compute(model: ServedModel, draft: InferDraft, caller: Caller, reply: Reply<Prediction>): void {
  const request = model.requests.read(draft);
  const id = model.newId();
  const { cache, batcher } = model;
  const failed = (error: unknown): void => reply.failed(uncomputed(error));
  if (cache) {
    // Others may wait for the same outputs, and whoever comes later finds them: they are computed, whoever has gone.
    const cached = cache.outputsOf(request, () => promised((outputs) => batcher.infer(request, STAYS, outputs)));
    cached.then(({ outputs, outcome }) => reply.answered({ id, request, outputs, cache: outcome }), failed);
  } else {
    batcher.infer(request, caller, {
      answered: (outputs) => reply.answered({ id, request, outputs }),
      failed,
    });
  }
}

const STAYS: Caller = { isGone: () => false };

/** What a caller is told when a run of the model has failed. */
function uncomputed(error: unknown): unknown {
  const reason = reasonOf(error);
  if (error instanceof Refusal || /alloc|out of memory/i.test(reason)) return error;
  // The request is well formed and yet the model fails: not the server's fault, and perhaps not the caller's.
  return new Refusal(contract.codes.modelFailure, `The model cannot compute with these values: ${reason}.`);
}
