/** What a model file contains, as the server's own program describes it. */
export interface ModelFile {
  readonly file: string;
  readonly bytes: number;
  readonly irVersion: number;
  readonly producer: string;
  readonly opsets: Readonly<Record<string, number>>;
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelValue[];
  readonly operators: Readonly<Record<string, number>>;
  readonly parameters: { readonly count: number; readonly bytes: number };
  readonly externalFiles: readonly { readonly location: string; readonly bytes?: number; readonly tensors: number }[];
  /** Whether rows of different requests can affect each other, and which operator is the cause. */
  readonly rows: { readonly verdict: string; readonly reason?: string; readonly rounding?: string };
  readonly metadata: Readonly<Record<string, string>>;
}

interface ModelValue {
  readonly name: string;
  readonly type: string;
  readonly shape?: readonly (number | string)[];
}

/** What the server decided when it loaded the model. */
export interface ServingDecisions {
  /** The outputs as the server returns them: always tensors. */
  readonly outputs: readonly ModelValue[];
  readonly batching: { readonly maxRows: number; readonly decidedBy: string; readonly reason: string };
  readonly computesIn?: string;
  /** Why it computes there. */
  readonly reason?: string;
  /** Duration of a run with the largest batch. */
  readonly runSeconds?: number;
  /** Resident memory of the server with the model loaded and warmed up. */
  readonly memoryBytes: number;
  /** A curl command that a server with the model has just answered; missing if no generated input fits. */
  readonly curl?: string;
}

export interface Inspection {
  readonly model: ModelFile;
  /** Missing if the model cannot be served. */
  readonly serving?: ServingDecisions;
  /** Why it cannot be served. */
  readonly refused?: string;
}
