import type { Environment } from "../../core/environment";
import type { LateString } from "../../core/late";
import type { ObjectPatch } from "../../core/patch";
import type { OnInsufficientData } from "../../strategies/canary/policy";
import type { Direction } from "../../strategies/gate";
import type {
  AutoscalingProps,
  ModelVersionProps,
  MonitoringProps,
  NetworkProps,
  ObjectivesProps,
  RoutingProps,
  ServingProps,
} from "../common/props";

/** The stage that the program declares, when no controller moves the weights. */
export interface DeclaredStageProps {
  /** Version that has reached this stage; must be the canary's. It keeps a stage from carrying over to the next version. */
  readonly canary: string;
  /** Number of the stage in the timetable, from 1; 0 is the preparation. */
  readonly number: number;
}

/** How the canary's share of the traffic grows. */
export interface CanaryTrafficProps {
  /**
   * First weight, in whole percents, at most 25.
   * @default 5
   */
  readonly initialWeight?: number;
  /**
   * What each stage adds, in whole percents.
   * @default 10
   */
  readonly increment?: number;
  /**
   * Last weight, in whole percents; 100 is the promotion.
   * @default 100
   */
  readonly maxWeight?: number;
  /**
   * The weights one by one, such as `[5, 10, 25, 50, 100]`, in place of the three above.
   * @default - made from initialWeight, increment and maxWeight
   */
  readonly weights?: number[];
  /**
   * Least time at each weight, such as `"30m"`.
   * @default "30m"
   */
  readonly interval?: string;
  /**
   * The stage that this program declares: raise `number` by one in each pull request.
   * @default - 0, prepared: the canary runs and serves nobody
   */
  readonly stage?: DeclaredStageProps;
}

/** A metric of the business that the canary must not worsen; its values come back as feedback on predictions. */
export interface BusinessMetricProps {
  /** Name under which feedback is sent, such as `accuracy` or `clicked`. */
  readonly name: string;
  /**
   * Which way is better.
   * @default "higherIsBetter"
   */
  readonly direction?: Direction;
  /**
   * How much worse than the stable track is allowed, relative: `0.01` is 1 %.
   * @default 0.01
   */
  readonly margin?: number;
  /**
   * Least value that can be sent, 0 or more.
   * @default 0
   */
  readonly lowerBound?: number;
  /**
   * Largest value that can be sent, up to a billion.
   * @default 1
   */
  readonly upperBound?: number;
  /**
   * Values from the canary that a stage needs before it can pass.
   * @default 50
   */
  readonly minimumSamples?: number;
}

/** How the canary is judged. The objectives are always gates; these are the further ones. */
export interface CanaryAnalysisProps {
  /**
   * How much slower than the stable track the canary's p95 may be, relative: `0.2` is 20 %.
   * @default 0.2
   */
  readonly latencyMargin?: number;
  /**
   * A p95 of the canary up to this is never too slow, however fast the stable track is, such as `"10ms"`.
   * @default - a tenth of objectives.latencyP95
   */
  readonly latencyFloor?: string;
  /**
   * How much more often than the stable track the canary may fail, relative: `0.5` is half as often again.
   * @default 0.5
   */
  readonly errorRateMargin?: number;
  /**
   * Requests to the canary that each stage needs before it can pass.
   * @default 100
   */
  readonly minimumSamples?: number;
  /**
   * Metrics of the business.
   * @default - none
   */
  readonly metrics?: BusinessMetricProps[];
  /**
   * What to do when a stage's time is over and a gate still needs more samples.
   * @default "extend"
   */
  readonly onInsufficientData?: OnInsufficientData;
  /**
   * How many more intervals a stage may take, with `extend`, before the rollout pauses for a person.
   * @default 4
   */
  readonly maxExtensions?: number;
  /**
   * Chance, over the whole rollout, that a canary as good as the stable track is rolled back.
   * @default 0.01
   */
  readonly falseAlarmRate?: number;
  /**
   * Share of the replicas that the stable track would have at the next weight which must be ready on the canary first.
   * @default 0.5
   */
  readonly readyShare?: number;
}

/** Whether a controller in the cluster moves the weights. */
export interface RolloutControlProps {
  /**
   * True when a rollout controller runs in the cluster: it then owns the weights, and `traffic.stage` is not used.
   * @default false
   */
  readonly enabled?: boolean;
}

/**
 * Props of `CanaryRollout`: a new version meets a small share of the users first, and more as it proves itself.
 *
 * @example
 * ```ts
 * new CanaryRollout("recommender", {
 *   stable: { version: "2.2.0", uri: "s3://models/recommender/2.2.0/model.onnx" },
 *   canary: { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx" },
 *   traffic: { weights: [5, 10, 25, 50, 100], interval: "30m" },
 *   objectives: { latencyP95: "100ms", errorRate: 0.001 },
 *   routing: { istio: { hosts: ["recommender.example.com"], gateways: ["istio-ingress/public"] } },
 * });
 * ```
 */
export interface CanaryRolloutProps {
  /** The version that serves now. */
  readonly stable: ModelVersionProps;
  /** The version on trial. */
  readonly canary: ModelVersionProps;
  /** What users are promised; each objective is a gate. */
  readonly objectives: ObjectivesProps;
  /** What routes the traffic. */
  readonly routing: RoutingProps;
  /**
   * How the canary's share grows.
   * @default - 5 %, then 10 more every 30 minutes
   */
  readonly traffic?: CanaryTrafficProps;
  /**
   * How the canary is judged.
   * @default - compared with the stable track on p95 and errors
   */
  readonly analysis?: CanaryAnalysisProps;
  /**
   * Who moves the weights.
   * @default - the program, stage by stage
   */
  readonly controller?: RolloutControlProps;
  /**
   * How many replicas on each track.
   * @default - 2 to 20, by CPU at 70 %
   */
  readonly autoscaling?: AutoscalingProps;
  /**
   * The container of both tracks.
   * @default - the bundled ONNX image with 500m CPU and 512Mi
   */
  readonly serving?: ServingProps;
  /**
   * How both tracks are watched.
   * @default - every 15 s, selected by kube-prometheus-stack
   */
  readonly monitoring?: MonitoringProps;
  /**
   * Who may reach the pods.
   * @default - the gateway's and Prometheus's namespaces
   */
  readonly network?: NetworkProps;
  /**
   * How strict the guardrails are.
   * @default "development"
   */
  readonly environment?: Environment;
  /**
   * Namespace of all objects. Give a plain name where you can: alerts then look at this namespace alone.
   * @default - the engine's own default
   */
  readonly namespace?: LateString;
  /**
   * Labels on every object.
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * Fields to merge into single objects, by role such as `2-3-0-deployment`, or by kind of role such as `deployment`.
   * @default - none
   */
  readonly overrides?: Record<string, ObjectPatch>;
}
