import type { RolloutEvent } from "../../../strategies/decision";
import type { GateEvidence } from "../../../strategies/gates/evidence";
import type { GatewayWindow } from "../gateway/gateway-counts";

/** The status of one track. */
export interface TrackStatus {
  readonly version: string;
  /** Percent of the requests. */
  readonly weight: number;
  /** Percent of the requests that are mirrored to it. */
  readonly mirror: number;
  readonly window: GatewayWindow;
  /** Means of the business metrics since the start. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** The status of one gate. */
export interface GateStatus {
  /** What it judges. */
  readonly label: string;
  readonly evidence: GateEvidence;
}

/** The status of a rehearsal. */
export interface RehearsalStatus {
  readonly name: string;
  /** Number of the stage; 0 is the preparation. */
  readonly stage: number;
  /** Number of stages; 0 if the strategy has none. */
  readonly stages: number;
  readonly rolloutSeconds: number;
  readonly wallSeconds: number;
  /** The first is the baseline. */
  readonly tracks: readonly TrackStatus[];
  readonly gates: readonly GateStatus[];
  readonly lost: number;
}

/** A display of a running rehearsal. */
export interface Progress {
  /** A step outside the rollout, such as starting the servers. */
  step(text: string): void;
  event(event: RolloutEvent): void;
  status(status: RehearsalStatus): void;
  /** The rehearsal has ended. */
  end(): void;
}
