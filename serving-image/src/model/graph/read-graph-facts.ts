import { reasonOf } from "../../core/start-up-error";
import { readOnnxFile } from "./read-onnx";
import { type RowIndependence, rowIndependenceOf } from "./rows/row-independence";
import { unboundedReasonOf } from "./run-bounds";
import { MalformedModelError } from "./wire-reader";

/** What the server decides by the graph of a model. */
export interface GraphFacts {
  readonly rows: RowIndependence;
  /** Why a run may need unbounded time or memory; undefined if the graph shows that it cannot. */
  readonly unboundedReason?: string | undefined;
}

/** Reads the graph of a model file. If it cannot be read, nothing is proven of the model. */
export function readGraphFacts(path: string): GraphFacts {
  try {
    const model = readOnnxFile(path);
    return { rows: rowIndependenceOf(model), unboundedReason: unboundedReasonOf(model) };
  } catch (error) {
    if (!(error instanceof MalformedModelError)) throw error;
    const reason = `the graph cannot be read: ${reasonOf(error)}`;
    return { rows: { verdict: "unknown", reason }, unboundedReason: reason };
  }
}
