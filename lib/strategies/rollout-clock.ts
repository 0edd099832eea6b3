/** What a rollout knows of its driver's clock. Times are seconds on this clock. */
export interface ClockState {
  /** Time of the latest evaluation; it never decreases. */
  readonly evaluatedAt: number;
  /** The longest time between two evaluations. */
  readonly longestStep: number;
  /** By how much the latest reading is too far ahead to be trusted, until the next one confirms it; otherwise 0. */
  readonly farAheadBy: number;
}

/** A rollout after a reading of the clock. */
interface ClockReading<State> {
  readonly state: State;
  /** Whether the reading is plausible. What was observed with another one does not count. */
  readonly isPlausible: boolean;
  /** Seconds in which nothing was observed, where two readings agree that the clock has jumped; otherwise 0. */
  readonly gapSeconds: number;
}

/** A reading is far ahead if it is further than this, and than this many times the longest step so far. */
const FAR_AHEAD_SECONDS = 3600;
const FAR_AHEAD_STEPS = 10;

/**
 * Reads the clock. One that runs backwards does not move a rollout back. One reading far ahead changes nothing, because a
 * wrong clock must not end a stage; a second one in a row shows that time has passed in which nothing was observed. Recorded
 * times come from no clock, and may be as far apart as they like.
 */
export function readClock<State extends ClockState>(
  before: State,
  at: number,
  isRecorded = false,
): ClockReading<State> {
  const { evaluatedAt, longestStep, farAheadBy } = before;
  const step = Number.isFinite(at) ? at - evaluatedAt : 0;
  const isFarAhead = !isRecorded && step > Math.max(FAR_AHEAD_SECONDS, FAR_AHEAD_STEPS * longestStep);
  const isConfirmed = farAheadBy > 0 && step >= farAheadBy;
  if (isFarAhead && !isConfirmed) return { state: { ...before, farAheadBy: step }, isPlausible: false, gapSeconds: 0 };
  const state = { ...before, farAheadBy: 0 };
  if (step <= 0) return { state, isPlausible: true, gapSeconds: 0 };
  return {
    state: {
      ...state,
      evaluatedAt: at + 0,
      longestStep: Math.max(longestStep, isFarAhead ? step - farAheadBy : step),
    },
    isPlausible: true,
    gapSeconds: isFarAhead ? step : 0,
  };
}
