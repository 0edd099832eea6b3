import type { Tally } from "../tally";
import { newWatch, type Watch } from "../watch/watch";
import type { VariantVerdict } from "../result";
import { firstMoment } from "../moment";
import type { AbTestPolicy } from "./policy";

/** `waiting` for ready replicas, `running`, and the ends: its time is over, or a guardrail or the split stopped it. */
export type AbTestPhase = "waiting" | "running" | "completed" | "stopped";

/** What is remembered of one variant beside the control. */
export interface VariantState {
  /** The guardrails. */
  readonly watch: Watch;
  /**
   * Differences, in the metric's unit, that the test looks for: fixed from the control's mean when there is enough of it,
   * so that no later value can choose its own yardstick.
   */
  readonly scale?: number;
  /** What was found for good: a difference once shown stays shown, however often is looked. */
  readonly found?: VariantVerdict;
}

/** Everything `decide` remembers between two looks; plain data of bounded size that survives JSON. */
export interface AbTestState {
  readonly phase: AbTestPhase;
  /** Seconds on the driver's clock: the beginning, the latest look, when the test began to run. */
  readonly startedAt: number;
  readonly lookedAt: number;
  readonly runningFrom: number;
  readonly saidWaiting: boolean;
  /** What each track counted, by name; of the metric and of requests. */
  readonly tallies: Readonly<Record<string, Tally>>;
  /** The same when the test began to run: what came before belongs to another split. */
  readonly base: Readonly<Record<string, Tally>>;
  /** All but the control, by name. */
  readonly variants: Readonly<Record<string, VariantState>>;
}

/** The state before the first look: all traffic on the control. */
export function initialState({ variants }: AbTestPolicy, at: number): AbTestState {
  const startedAt = firstMoment(at);
  return {
    phase: "waiting",
    startedAt,
    lookedAt: startedAt,
    runningFrom: startedAt,
    saidWaiting: false,
    tallies: {},
    base: {},
    variants: Object.fromEntries(variants.slice(1).map((name) => [name, { watch: newWatch }])),
  };
}

/** Name of the track that the others are compared with. */
export const controlOf = ({ variants }: AbTestPolicy): string => variants[0] ?? "";
