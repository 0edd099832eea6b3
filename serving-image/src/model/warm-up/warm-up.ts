import type { ModelConfig } from "../../config/settings";
import { reasonOf } from "../../core/start-up-error";
import { sizeOf, type Tensors } from "../../protocol/datatypes";
import { isBatchable } from "../batching-plan";
import { takeRows } from "../rows";
import { RunStoppedError, WorkerLostError } from "../workers/model-worker";
import type { StartedPool } from "../workers/worker-pool";
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
  /** Memory of the first run, with what the runtime keeps for the next ones. */
  readonly firstRunBytes?: number | undefined;
}

/** A model that can be warmed up. */
type Warmable = Pick<StartedPool, "signature" | "measure">;

/**
 * Runs the model with recorded or invented inputs, so that no user waits for one-time initialization. A model that rejects
 * all of them can still be served: its users know better what it accepts.
 */
export async function warmUp(session: Warmable, model: ModelConfig, recorded: readonly Tensors[]): Promise<WarmUp> {
  if (!model.warmUp.enabled) return { inputs: "none", reason: "warmUp.enabled is false" };
  let [reason, firstRunBytes]: [string?, number?] = [];
  const deadline = performance.now() + MAX_SECONDS * 1000;
  for (const { name, sample } of candidates(session, model, recorded)) {
    const tried = await tryInputs(session, sample);
    firstRunBytes = Math.max(firstRunBytes ?? 0, tried.peakBytes ?? 0);
    if (tried.reason === undefined)
      return { sample, inputs: name, firstRunBytes, ...(reason !== undefined && { reason }) };
    reason ??= tried.reason;
    if (tried.isFinal || performance.now() > deadline) break;
  }
  return { inputs: "none", reason: reason ?? "there are no inputs to try" };
}

function* candidates(
  { signature }: Warmable,
  model: ModelConfig,
  recorded: readonly Tensors[],
): Generator<{ readonly name: string; readonly sample: SampleInputs }> {
  const rows = isBatchable(signature) ? recorded.flatMap(splitRows) : recorded;
  const like = rows.filter((row) => shapeKey(row) === shapeKey(rows[0]));
  if (like.length > 0) yield { name: "recorded samples", sample: (seed) => like[seed % like.length] ?? {} };
  yield* inventedInputs(signature.inputs, model.warmUp.shapes);
}

/** The result of a try: why it failed, if it did, and whether others would fail as well. */
interface Try {
  readonly reason?: string;
  readonly isFinal?: boolean;
  readonly peakBytes?: number | undefined;
}

async function tryInputs(session: Warmable, sample: SampleInputs): Promise<Try> {
  const names = session.signature.outputs.map(({ name }) => name);
  try {
    const { peakBytes } = await session.measure(sample(1), names);
    // Different values are needed later: one that works may be a coincidence.
    await session.measure(sample(2), names);
    return { peakBytes };
  } catch (error) {
    // What stops a worker would probably stop the next one.
    const isFinal = error instanceof RunStoppedError || error instanceof WorkerLostError;
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
