import type { ModelCache } from "../cache/model-cache";
import { contract } from "../core/contract";
import { Refusal } from "../core/refusal";
import { promised, type Reply, replyWith } from "../core/reply";
import { reasonOf } from "../core/start-up-error";
import type { Faults } from "../faults/faults";
import type { ModelSignature } from "../protocol/datatypes";
import type { InferAnswerWriter } from "../protocol/infer-answer";
import type { InferRequestReader } from "../protocol/infer-request";
import type { InferDraft, Prediction } from "../protocol/inference";
import type { Batcher } from "./batcher";
import type { BatchingPlan } from "./batching";
import type { Caller } from "./request-queue";

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
