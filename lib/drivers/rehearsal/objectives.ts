import type { CanaryPolicy } from "../../strategies/canary/policy";

/** What users are promised, in base units; missing what is not. */
export interface Objectives {
  readonly latencySeconds?: number;
  readonly errorRate?: number;
}

/** The objectives among a policy's gates. */
export function objectivesOf({ gates }: Pick<CanaryPolicy, "gates">): Objectives {
  const latency = gates.find((gate) => gate.kind === "latency-objective");
  const errors = gates.find((gate) => gate.kind === "error-rate-objective");
  return {
    ...(latency && { latencySeconds: latency.limitSeconds }),
    ...(errors && { errorRate: errors.limit }),
  };
}
