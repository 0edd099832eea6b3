import type { BlueGreenPolicy } from "../../../lib/strategies/blue-green/policy";
import type { CanaryPolicy } from "../../../lib/strategies/canary/policy";
import { AGREEMENT } from "../../../lib/strategies/observation";
import type { ShadowPolicy } from "../../../lib/strategies/shadow/policy";
import type { Gate } from "../../../lib/strategies/gate";
import { gatesFor } from "../../support/canary-simulation";

/** The objective of the rollout in the README. */
export const OBJECTIVE = 0.001;

/** The default of the props. */
const ERROR_RATE_MARGIN = 0.25;
const rules = { minimumSamples: 100, falseAlarmRate: 0.01, scrapeSeconds: 30, warmUpSeconds: 30 };
const capacity = { minReadyReplicas: 1, shareOfStable: 0 };

/** The gates of the simulated rollouts. Figures with another margin cannot be compared. */
export const gatesOfReadme = (
  objective = OBJECTIVE,
  minimumLabels = 50,
  errorRateMargin = ERROR_RATE_MARGIN,
): readonly Gate[] =>
  gatesFor(objective, minimumLabels).map((gate) =>
    gate.kind === "error-rate-comparison" ? { ...gate, margin: errorRateMargin } : gate,
  );

export const canaryPolicy = (
  weights: readonly number[],
  holdSeconds = 1800,
  gates: readonly Gate[] = gatesOfReadme(),
): CanaryPolicy => ({
  ...rules,
  strategy: "canary",
  stable: "1.0.0",
  canary: "1.1.0",
  stages: weights.map((weight) => ({ weight, holdSeconds })),
  gates,
  onInsufficientData: "extend",
  maxExtensions: 20,
  capacity,
});

export const blueGreenPolicy = (watchSeconds = 1800, standbySeconds = 7200): BlueGreenPolicy => ({
  ...rules,
  strategy: "blue-green",
  blue: "1.0.0",
  green: "1.1.0",
  smokeTest: { requests: 100, latencyP95Seconds: 1, healthPath: "/health" },
  // Mirrored responses get no labels, so a metric of blue cannot be compared after the switch.
  gates: gatesOfReadme().filter(({ kind }) => kind !== "metric-comparison"),
  capacity,
  watchSeconds,
  standbySeconds,
  standbyMirrorPercent: 5,
});

export const shadowPolicy = (percent = 10, durationSeconds = 9000): ShadowPolicy => ({
  ...rules,
  strategy: "shadow",
  live: "1.0.0",
  shadow: "1.1.0",
  percent,
  durationSeconds,
  gates: [
    ...gatesOfReadme().filter(({ kind }) => kind !== "metric-comparison"),
    { kind: "agreement-objective", id: "agreement", metric: AGREEMENT, atLeast: 0.98, minimumSamples: 100 },
  ],
  capacity,
});
