import type { Urgency } from "../model/urgency";
import type { TensorData, TensorSpec } from "./datatypes";

/** A request as its wire form gives it, before anything of it is checked against a model. */
export interface InferDraft {
  /** The caller's own name for the request, if it gave one. */
  readonly id?: string;
  readonly inputs: readonly InputDraft[];
  /** The outputs that are asked for; none stands for all. */
  readonly outputs: readonly OutputDraft[];
  /** Whether outputs are binary that do not say it themselves. */
  readonly isBinary: boolean;
  /** How long it may wait, and which others go first, where it says so. */
  readonly urgency?: Urgency;
}

export interface InputDraft {
  readonly name: string;
  readonly datatype: unknown;
  readonly shape: unknown;
  /** Reads the elements, once the datatype and the shape are known to be what the model takes. */
  read(spec: TensorSpec, shape: readonly number[], size: number): TensorData;
}

export interface OutputDraft {
  readonly name: string;
  readonly isBinary?: boolean;
}
