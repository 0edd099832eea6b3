import type { ModelCache } from "../cache/model-cache";
import { type Callback, settleWith, toPromise } from "../core/callback";
import { contract } from "../core/contract";
import { HttpError } from "../core/http-error";
import { reasonOf } from "../core/start-up-error";
import type { FaultInjector } from "../faults/fault-injector";
import type { ModelSignature, Tensors } from "../protocol/datatypes";
import type { InferRequestReader } from "../protocol/infer-request";
import type { InferResponseWriter } from "../protocol/infer-response";
import type { InferDraft, Prediction } from "../protocol/inference";
import type { UserBucket } from "../observability/user-bucket";
import type { Batcher } from "./batcher";
import type { BatchingPlan } from "./batching-plan";
import type { Caller } from "./request-queue";

/** A loaded model with everything that it needs to answer requests. */
export interface ServedModel {
  /** SHA-256 of its file, or of the manifest if it has external data. */
  readonly sha256: string;
  readonly signature: ModelSignature;
  readonly plan: BatchingPlan;
  readonly batcher: Batcher;
  readonly requests: InferRequestReader;
  readonly responses: InferResponseWriter;
  newPredictionId(bucket?: number): string;
  /** Throws if the server does not accept what the model returned; undefined if it accepts everything. */
  readonly checkPrediction?: ((prediction: Prediction) => void) | undefined;
  /** Only in a server that was started with `--allow-faults`. */
  readonly faults?: FaultInjector;
  /** Undefined if its answers are not cached. */
  readonly cache?: ModelCache;
  /** Deletes what was only needed while it was served. */
  readonly release: () => Promise<void>;
}

/** The client that waits for a prediction, and the bucket of its user. */
interface PredictionCaller extends Caller {
  readonly user?: Pick<UserBucket, "bucket"> | undefined;
}

/** Validates a request against the model and computes it. HTTP and gRPC both go through here. */
export function predict(
  model: ServedModel,
  draft: InferDraft,
  caller: PredictionCaller,
  callback: Callback<Prediction>,
): void {
  const { faults } = model;
  if (faults)
    settleWith(
      callback,
      faults.inject(() => toPromise((inner) => compute(model, draft, caller, inner))),
    );
  else compute(model, draft, caller, callback);
}

function compute(
  model: ServedModel,
  draft: InferDraft,
  caller: PredictionCaller,
  callback: Callback<Prediction>,
): void {
  const request = model.requests.read(draft);
  const id = model.newPredictionId(caller.user?.bucket);
  const { cache, batcher } = model;
  const reject = (error: unknown): void => callback.reject(toModelError(error));
  if (cache) {
    // Computed even if the client disconnects: other requests may wait for the same outputs, or find them later.
    const run = (): Promise<Tensors> => toPromise((inner) => batcher.infer(request, NEVER_GONE, inner));
    const cached = cache.outputsOf(request, { run, mayStore: (outputs) => !batcher.isInexact(outputs) });
    cached.then(({ outputs, outcome }) => callback.resolve({ id, request, outputs, cache: outcome }), reject);
  } else {
    batcher.infer(request, caller, {
      resolve: (outputs) => callback.resolve({ id, request, outputs }),
      reject,
    });
  }
}

const NEVER_GONE: Caller = { isGone: () => false };

/** The error that the caller receives when a run of the model failed. */
function toModelError(error: unknown): unknown {
  const reason = reasonOf(error);
  if (error instanceof HttpError || /alloc|out of memory/i.test(reason)) return error;
  // The request is well formed, but the model fails on it: not an error of the server, and perhaps not of the caller.
  return new HttpError(contract.codes.modelFailure, `The model cannot compute with these values: ${reason}.`);
}
