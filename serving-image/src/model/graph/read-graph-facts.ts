import { reasonOf } from "../../core/start-up-error";
import { readOnnxFile } from "./read-onnx";
import { type RowIndependence, rowIndependenceOf } from "./rows/row-independence";
import { MalformedModelError } from "./wire-reader";

/** What the server decides by the graph of a model. */
export interface GraphFacts {
  readonly rows: RowIndependence;
}

/** Reads the graph of a model file. If it cannot be read, nothing is proven of the model. */
export function readGraphFacts(path: string): GraphFacts {
  try {
    return { rows: rowIndependenceOf(readOnnxFile(path)) };
  } catch (error) {
    if (!(error instanceof MalformedModelError)) throw error;
    return { rows: { verdict: "unknown", reason: `the graph cannot be read: ${reasonOf(error)}` } };
  }
}
