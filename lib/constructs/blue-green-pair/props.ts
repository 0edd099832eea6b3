import type { DeferredString } from "../../core/deferred";
import type { ModelVersionProps } from "../common/props";
import type { AnalysisProps, RolloutProps } from "../common/rollout-props";

/** One of the two versions of a pair. */
export const BlueGreenColor = {
  /** The version that served before. */
  Blue: "blue",
  /** The version that takes over. */
  Green: "green",
} as const;
export type BlueGreenColor = (typeof BlueGreenColor)[keyof typeof BlueGreenColor];

/** What becomes of the colour that does not serve. */
export const IdleColor = {
  /** As many replicas as it needs to take over at once. */
  Full: "full",
  /** `standbyReplicas`: the way back is as instant, but needs time to grow under full load. */
  Standby: "standby",
  /** Its objects go; the model file stays where it is. */
  Retired: "retired",
} as const;
export type IdleColor = (typeof IdleColor)[keyof typeof IdleColor];

/** Where green can be tried before it serves. */
export interface PreviewProps {
  /** Hosts that lead to green whatever is live, such as `preview.recommender.example.com`. */
  readonly hosts: DeferredString[];
  /**
   * Gateways that take the traffic, as `namespace/name`.
   * @default - those of routing.istio
   */
  readonly gateways?: DeferredString[];
}

/** What green must show on recorded requests with expected answers before anybody meets it. */
export interface SmokeTestProps {
  /**
   * Requests that must be answered, every one as expected.
   * @default 20
   */
  readonly requests?: number;
  /**
   * 95% of them are answered within this, such as `"100ms"`.
   * @default - objectives.latencyP95, or a second
   */
  readonly latencyP95?: string;
  /**
   * Path that must answer with 200 first, such as one of your own image.
   * @default "/ready"
   */
  readonly healthPath?: string;
}

/**
 * Props of `BlueGreenPair`: a new version proves itself without users, then gets all of them in one change of the weights,
 * with an instant way back.
 *
 * @example
 * ```ts
 * new BlueGreenPair("recommender", {
 *   blue: { version: "2.2.0", uri: "s3://models/recommender/2.2.0/model.onnx" },
 *   green: { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx" },
 *   live: "blue", // "green" switches, "blue" again switches back
 *   preview: { hosts: ["preview.recommender.example.com"] },
 *   objectives: { latencyP95: "100ms", errorRate: 0.001 },
 *   routing: { istio: { hosts: ["recommender.example.com"], gateways: ["istio-ingress/public"] } },
 * });
 * ```
 */
export interface BlueGreenPairProps extends RolloutProps {
  /** The version that served before. */
  readonly blue: ModelVersionProps;
  /** The version that takes over. */
  readonly green: ModelVersionProps;
  /** Which of them serves; changing this word is the switch, and the way back. */
  readonly live: BlueGreenColor;
  /**
   * What becomes of the other one: `full` until it is sure that nobody goes back, then `standby`, then `retired`.
   * @default "full"
   */
  readonly idle?: IdleColor;
  /**
   * Replicas that green has from its first minute, so that it can take all traffic at once.
   * @default - autoscaling.maxReplicas
   */
  readonly preparedReplicas?: number;
  /**
   * Where green can be tried before it serves.
   * @default - nowhere: only the smoke test meets it
   */
  readonly preview?: PreviewProps;
  /**
   * What green must show before the switch.
   * @default - 20 recorded requests answered as expected
   */
  readonly smokeTest?: SmokeTestProps;
  /**
   * How long green is watched after the switch while blue keeps its size, up to an hour.
   * @default "1h"
   */
  readonly watchFor?: string;
  /**
   * How long blue stays on standby after that.
   * @default "24h"
   */
  readonly standbyFor?: string;
  /**
   * Replicas of the colour on standby.
   * @default 1
   */
  readonly standbyReplicas?: number;
  /**
   * How green is judged after the switch.
   * @default - compared with blue on p95 and errors
   */
  readonly analysis?: AnalysisProps;
}
