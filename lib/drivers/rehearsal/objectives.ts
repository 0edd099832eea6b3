import type { Gate } from "../../strategies/gate";

/** What users are promised, in base units; missing what is not. */
export interface Objectives {
  readonly latencySeconds?: number;
  readonly errorRate?: number;
}

/** The objectives among some gates. */
export function objectivesOf(gates: readonly Gate[]): Objectives {
  const latency = gates.find((gate) => gate.kind === "latency-objective");
  const errors = gates.find((gate) => gate.kind === "error-rate-objective");
  return {
    ...(latency && { latencySeconds: latency.limitSeconds }),
    ...(errors && { errorRate: errors.limit }),
  };
}
