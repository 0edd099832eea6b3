import type { RolloutEvent } from "../../../strategies/decision";
import type { GateEvidence } from "../../../strategies/gates/evidence";
import type { GatewayWindow } from "../gateway/gateway-counts";

/** One track at this moment. */
export interface TrackStatus {
  readonly version: string;
  /** Percent of the requests. */
  readonly weight: number;
  /** Percent of the requests of which it gets a copy. */
  readonly mirror: number;
  readonly window: GatewayWindow;
  /** Means of the business metrics since the start. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A gate at this moment. */
export interface GateStatus {
  /** What it judges, in a few words. */
  readonly words: string;
  readonly evidence: GateEvidence;
}

/** A rehearsal at this moment. */
export interface RehearsalStatus {
  readonly name: string;
  /** Number of the stage; 0 is the preparation. */
  readonly stage: number;
  /** How many there are; 0 where stages are not counted. */
  readonly stages: number;
  readonly rolloutSeconds: number;
  readonly wallSeconds: number;
  /** The first is the one that the traffic goes back to. */
  readonly tracks: readonly TrackStatus[];
  readonly gates: readonly GateStatus[];
  readonly lost: number;
}

/** Whoever watches a rehearsal while it runs. */
export interface Progress {
  /** Something is being done that is no part of the rollout, such as starting servers. */
  step(text: string): void;
  event(event: RolloutEvent): void;
  status(status: RehearsalStatus): void;
  /** Nothing follows. */
  end(): void;
}
