import type { Random } from "../../support/random";
import type { Reader } from "../../support/streams/readers";
import type { ReplicaConditions } from "../../support/streams/stream-simulation";
import type { Conditions, TrafficStream } from "../../support/streams/traffic";
import type { Pair } from "../../../lib/strategies/pair";

/** A stream of traffic that both versions serve equally well. */
export interface HonestStream {
  readonly name: string;
  readonly stream: TrafficStream;
  readonly coldRequests?: number;
  readonly replicas?: (random: Random) => Pair<ReplicaConditions>;
  readonly reader?: Reader;
  /** Whether the incidents are on one track alone, so that a rollback is right; such a row has no goal. */
  readonly isOneSided?: boolean;
}

/** Incidents of single replicas: each replica of a track draws its own. */
export const noisyReplicas =
  (
    baseline: number,
    candidate: number,
    incident: (random: Random) => (seconds: number) => Partial<Conditions>,
  ): NonNullable<HonestStream["replicas"]> =>
  (random) => {
    const track = (replicas: number): ReplicaConditions => {
      const each = Array.from({ length: replicas }, () => incident(random));
      return (conditions, at) => each.map((of) => ({ ...conditions, ...of(at) }));
    };
    return { baseline: track(baseline), candidate: track(candidate) };
  };
