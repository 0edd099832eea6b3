import { formatElapsed } from "../core/format";
import { MAX_AGE_SCRAPES } from "./monitor/freshness";
import type { MonitorRules } from "./monitor/gate-monitor";
import type { Observation } from "./observation";
import type { Pair } from "./pair";
import type { CommonState } from "./rollout-state";

/** When each track was last part of an observation, in seconds on the driver's clock. */
export interface ReadTimes {
  readonly lastReadAt: Pair<number>;
}

/** Seconds between two scrapes if the policy does not say. */
const SCRAPE_SECONDS = 60;

/** The state with the time of this observation for the tracks that it contains. */
export function withReadTimes<State extends CommonState & ReadTimes>(
  names: Pair<string>,
  state: State,
  { tracks }: Observation,
): State {
  const lastReadOf = (role: keyof Pair<string>): number =>
    tracks[names[role]] === undefined ? state.lastReadAt[role] : state.evaluatedAt;
  return { ...state, lastReadAt: { candidate: lastReadOf("candidate"), baseline: lastReadOf("baseline") } };
}

/** Describes which tracks have not been read for longer than a few failed scrapes; empty when both have. */
export function describeMissingData(
  { scrapeSeconds = SCRAPE_SECONDS }: MonitorRules,
  names: Pair<string>,
  { evaluatedAt, lastReadAt }: CommonState & ReadTimes,
): readonly string[] {
  return (["candidate", "baseline"] as const).flatMap((role) => {
    const seconds = evaluatedAt - lastReadAt[role];
    if (seconds <= MAX_AGE_SCRAPES * scrapeSeconds) return [];
    return [`no data from ${names[role]} for ${formatElapsed(seconds)}`];
  });
}

/** Whether an observation lacks a track. Nothing is decided on such an observation that needs both. */
export function lacksTrack({ candidate, baseline }: Pair<string>, { tracks }: Observation): boolean {
  return tracks[candidate] === undefined || tracks[baseline] === undefined;
}
