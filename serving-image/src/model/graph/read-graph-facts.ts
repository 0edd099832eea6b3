import { reasonOf, StartUpCode, startUpError } from "../../core/start-up-error";
import { randomOperatorOf } from "./random-operators";
import { readOnnxFile } from "./read-onnx";
import { type RowIndependence, rowIndependenceOf } from "./rows/row-independence";
import { unboundedReasonOf } from "./run-bounds";
import { MalformedModelError } from "./wire-reader";

/** What the server decides by the graph of a model. */
export interface GraphFacts {
  readonly rows: RowIndependence;
  /** Why a run may need unbounded time or memory; undefined if the graph shows that it cannot. */
  readonly unboundedReason?: string | undefined;
  /** An operator that may make the outputs differ for the same inputs. */
  readonly randomOperator?: string | undefined;
}

/**
 * Reads the graph of a model file.
 * @throws StartUpError if it cannot be read. The runtime may be less strict, but then nobody knows which other files belong to
 * the model, so neither its sha256 nor its signature would cover them.
 */
export function readGraphFacts(path: string): GraphFacts {
  try {
    const model = readOnnxFile(path);
    return {
      rows: rowIndependenceOf(model),
      unboundedReason: unboundedReasonOf(model),
      randomOperator: randomOperatorOf(model),
    };
  } catch (error) {
    if (!(error instanceof MalformedModelError)) throw error;
    const message = `has a graph that cannot be read: ${reasonOf(error)}.`;
    throw startUpError(StartUpCode.ModelNotOnnx, path, message, "Save the model again with onnx.save_model.");
  }
}
