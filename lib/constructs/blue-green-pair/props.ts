import type { DeferredString } from "../../core/deferred";
import type { ModelVersionProps } from "../common/props";
import type { AnalysisProps, ExpectedTrafficProps, HoldProps, RolloutProps } from "../common/rollout-props";

/** One of the two versions of a pair. */
export const BlueGreenColor = {
  /** The version that served before. */
  Blue: "blue",
  /** The version that takes over. */
  Green: "green",
} as const;
export type BlueGreenColor = (typeof BlueGreenColor)[keyof typeof BlueGreenColor];

/** What happens to the color that is not live. */
export const IdleColor = {
  /** It keeps as many replicas as it needs to take over at once. */
  Full: "full",
  /** It keeps `standbyReplicas`: the rollback is as instant, but the replicas need time to scale up under full load. */
  Standby: "standby",
  /** Its objects are deleted; the model file is kept. */
  Retired: "retired",
} as const;
export type IdleColor = (typeof IdleColor)[keyof typeof IdleColor];

/** Where green can be reached before it is live. */
export interface PreviewProps {
  /** Hosts that always route to green, such as `preview.recommender.example.com`. */
  readonly hosts: DeferredString[];
  /**
   * Gateways that accept the traffic, as `namespace/name`.
   * @default - those of `routing`
   */
  readonly gateways?: DeferredString[];
}

/** What green must show on recorded requests with expected answers before it serves users. */
export interface SmokeTestProps {
  /**
   * Requests that must be answered, each as expected.
   * @default 20
   */
  readonly requests?: number;
  /**
   * The limit of their p95, such as `"100ms"`.
   * @default - objectives.latencyP95, or 1s
   */
  readonly latencyP95?: string;
  /**
   * Path that must return 200 first.
   * @default - that of the runtime: "/ready" with the bundled server
   */
  readonly healthPath?: string;
}

/** How green is judged after the switch, and for how long blue keeps its size without a verdict. */
export interface BlueGreenAnalysisProps extends AnalysisProps, HoldProps, ExpectedTrafficProps {}

/**
 * Props of `BlueGreenPair`: a new version is tested before it serves users, then serves all of them after one change of the
 * weights, with an instant rollback.
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
  /** Which of them is live; a change of this prop is the switch, and the rollback. */
  readonly live: BlueGreenColor;
  /**
   * What happens to the other one: `full` until a rollback is unlikely, then `standby`, then `retired`.
   * @default "full"
   */
  readonly idle?: IdleColor;
  /**
   * Replicas that green has from the start, so that it can serve all traffic at once.
   * @default - autoscaling.maxReplicas
   */
  readonly preparedReplicas?: number;
  /**
   * Where green can be reached before it is live.
   * @default - none: only the smoke test reaches it
   */
  readonly preview?: PreviewProps;
  /**
   * What green must show before the switch.
   * @default - 20 recorded requests answered as expected
   */
  readonly smokeTest?: SmokeTestProps;
  /**
   * How long green is monitored after the switch while blue keeps its size, up to an hour.
   * @default "1h"
   */
  readonly watchFor?: string;
  /**
   * How long blue stays on standby after that.
   * @default "24h"
   */
  readonly standbyFor?: string;
  /**
   * Replicas of the color on standby.
   * @default 1
   */
  readonly standbyReplicas?: number;
  /**
   * Share of the requests that are copied to blue while it is idle at full size or on standby, in whole percent, at most 50.
   * Its answers are dropped. They are what green is compared with at the same time. Requests with side effects have
   * them twice: use 0 then.
   * @default 5
   */
  readonly standbyMirror?: number;
  /**
   * How green is judged after the switch.
   * @default - compared with blue on p95 and errors
   */
  readonly analysis?: BlueGreenAnalysisProps;
}
