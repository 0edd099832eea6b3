import { isDeepStrictEqual } from "node:util";
import type { IdProblem, PredictionIds } from "../model/prediction-id";
import type { RefusalReason } from "../observability/feedback-counters";
import { isObject } from "../protocol/json";
import type { MetricRuleBook } from "./metric-rules";
import type { FeedbackConfig } from "./settings";

/** Feedback about one prediction. */
export interface FeedbackReport {
  readonly id: string;
  readonly version: string;
  readonly metric: string;
  readonly value: number;
  /** When the prediction was made, in whole seconds since the epoch; unknown for ids of older servers. */
  readonly madeAt: number | undefined;
  /** Bucket of the user who received the prediction; missing if the user had none. */
  readonly bucket?: number;
}

export interface FeedbackRefusal {
  readonly reason: RefusalReason;
  /** What is wrong, as the end of a sentence. */
  readonly message: string;
}

const METRIC_NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/;

const ID_PROBLEMS: Readonly<Record<IdProblem, string>> = {
  unknown_id: "has an id that is not a valid prediction id; send the prediction_id of the response.",
  unsigned: "has an id without a signature; send the complete prediction_id of the response.",
  wrong_signature: "has an id that was not issued for this model.",
};

/** Reads feedback about the predictions of one model. */
export class FeedbackReader {
  constructor(
    private readonly model: string,
    private readonly ids: PredictionIds,
    private readonly config: FeedbackConfig,
    private readonly rules: MetricRuleBook,
  ) {}

  /** Reads an item, or returns what is wrong with it. */
  read(item: unknown): FeedbackReport | FeedbackRefusal {
    if (!isObject(item)) return malformed("is not an object.");
    const { id } = item;
    if (typeof id !== "string") return malformed("has no id; send the prediction_id of the response.");
    const parsed = this.ids.read(this.model, id);
    if (typeof parsed === "string") return { reason: parsed, message: ID_PROBLEMS[parsed] };
    const { maxAgeSeconds = Infinity } = this.config;
    if (parsed.madeAt !== undefined && Date.now() / 1000 - parsed.madeAt > maxAgeSeconds) {
      return { reason: "too_late", message: `arrived more than ${maxAgeSeconds} s after the prediction.` };
    }
    const metric = item.metric ?? (item.reward === undefined ? "accuracy" : "reward");
    if (typeof metric !== "string" || !METRIC_NAME.test(metric)) {
      return malformed(
        "has a metric that is not a valid name; use up to 64 letters, digits, dots, colons, dashes and underscores.",
      );
    }
    const value = this.valueOf(item);
    if (typeof value !== "number") return value;
    const { version, madeAt, bucket } = parsed;
    return (
      this.outOfRange(metric, value) ?? { id, version, metric, value, madeAt, ...(bucket !== undefined && { bucket }) }
    );
  }

  private outOfRange(metric: string, value: number): FeedbackRefusal | undefined {
    const { lowerBound, upperBound } = this.rules.of(metric);
    if (value >= lowerBound && value <= upperBound) return undefined;
    const message = `has the value ${value} for ${metric}, which is outside its bounds, ${lowerBound} to ${upperBound}.`;
    return { reason: "out_of_range", message };
  }

  private valueOf({ value, reward, label, prediction }: Record<string, unknown>): number | FeedbackRefusal {
    const hasLabel = label !== undefined || prediction !== undefined;
    const forms = [value !== undefined, reward !== undefined, hasLabel].filter(Boolean).length;
    if (forms > 1) return malformed("has more than one of value, reward and label; send exactly one of them.");
    if (value !== undefined) return numberUpTo(this.config.maxValue, "value", value);
    if (reward !== undefined) return numberUpTo(1, "reward", reward);
    if (label === undefined || prediction === undefined) {
      return malformed("has no value, no reward, and no label with a prediction.");
    }
    return Number(isDeepStrictEqual(label, prediction));
  }
}

/** Rewards and values must not be negative, since their sums are counters. */
function numberUpTo(max: number, name: string, value: unknown): number | FeedbackRefusal {
  if (typeof value === "number" && value >= 0 && value <= max) return value;
  return malformed(`has a ${name} that is not a number from 0 to ${max}.`);
}

function malformed(message: string): FeedbackRefusal {
  return { reason: "malformed", message };
}
