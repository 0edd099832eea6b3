import type { ModelConfig } from "../../config/settings";
import { reasonOf } from "../../core/start-up-error";
import { sizeOf, type Tensors } from "../../protocol/datatypes";
import { isBatchable } from "../batching-plan";
import { takeRows } from "../rows";
import type { ModelRunner } from "../session";
import { RunTimeoutError, WorkerLostError } from "../workers/model-worker";
import { inventedInputs, type SampleInputs } from "./invented-inputs";

/** No more inputs are invented after this time, since the server is not ready meanwhile. */
const MAX_SECONDS = 10;

/** What a warm-up found. */
export interface WarmUp {
  /** Inputs that the model accepts; undefined if none are known. */
  readonly sample?: SampleInputs;
  /** What the inputs are, for the log. */
  readonly inputs: string;
  /** Why the first inputs that were tried could not be computed; undefined if they could. */
  readonly reason?: string;
}

/**
 * Runs the model with recorded or invented inputs, so that no user waits for one-time initialization. A model that rejects
 * all of them can still be served: its users know better what it accepts.
 */
export async function warmUp(session: ModelRunner, model: ModelConfig, recorded: readonly Tensors[]): Promise<WarmUp> {
  if (!model.warmUp.enabled) return { inputs: "none", reason: "warmUp.enabled is false" };
  let reason: string | undefined;
  const deadline = performance.now() + MAX_SECONDS * 1000;
  for (const { name, sample } of candidates(session, model, recorded)) {
    const failure = await failureOf(session, sample);
    if (failure === undefined) return { sample, inputs: name, ...(reason !== undefined && { reason }) };
    reason ??= failure.reason;
    if (failure.isFinal || performance.now() > deadline) break;
  }
  return { inputs: "none", reason: reason ?? "there are no inputs to try" };
}

function* candidates(
  { signature }: ModelRunner,
  model: ModelConfig,
  recorded: readonly Tensors[],
): Generator<{ readonly name: string; readonly sample: SampleInputs }> {
  const rows = isBatchable(signature) ? recorded.flatMap(splitRows) : recorded;
  const like = rows.filter((row) => shapeKey(row) === shapeKey(rows[0]));
  if (like.length > 0) yield { name: "recorded samples", sample: (seed) => like[seed % like.length] ?? {} };
  yield* inventedInputs(signature.inputs, model.warmUp.shapes);
}

async function failureOf(
  session: ModelRunner,
  sample: SampleInputs,
): Promise<{ readonly reason: string; readonly isFinal: boolean } | undefined> {
  const names = session.signature.outputs.map(({ name }) => name);
  try {
    // Different values are needed later: one that works may be a coincidence.
    for (const seed of [1, 2]) await session.run(sample(seed), names);
    return undefined;
  } catch (error) {
    // What stops a worker would probably stop the next one.
    const isFinal = error instanceof RunTimeoutError || error instanceof WorkerLostError;
    return { reason: reasonOf(error), isFinal };
  }
}

/** The rows of a request with several. */
function splitRows(request: Tensors): Tensors[] {
  const tensors = Object.values(request);
  const rows = tensors[0]?.shape[0] ?? 1;
  if (tensors.some(({ shape }) => shape[0] !== rows || sizeOf(shape) === 0)) return [];
  return Array.from({ length: rows }, (_, row) => takeRows(request, Object.keys(request), row, 1));
}

function shapeKey(row: Tensors = {}): string {
  return Object.values(row)
    .map(({ shape }) => shape.join())
    .join(";");
}
