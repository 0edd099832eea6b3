import { isDeepStrictEqual } from "node:util";
import type { IdFault, PredictionIds } from "../model/prediction-id";
import type { RefusalReason } from "../observability/feedback-counters";
import { isObject } from "../protocol/json";
import type { FeedbackConfig } from "./settings";

/** What was reported about one prediction. */
export interface Report {
  readonly id: string;
  readonly version: string;
  readonly metric: string;
  readonly value: number;
}

export interface Fault {
  readonly reason: RefusalReason;
  /** What is wrong with it, as the end of a sentence. */
  readonly message: string;
}

const METRIC_NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/;

const ID_FAULTS: Readonly<Record<IdFault, string>> = {
  unknown_id: "has an id that is not a prediction's; send the prediction_id of the answer.",
  unsigned: "has an id that is not signed; send the whole prediction_id of the answer.",
  wrong_signature: "has an id that this model did not give.",
};

/** Reads feedback about the predictions of one model. */
export class ReportReader {
  constructor(
    private readonly model: string,
    private readonly ids: PredictionIds,
    private readonly config: FeedbackConfig,
  ) {}

  /** The report that an item makes, or what is wrong with it. */
  read(item: unknown): Report | Fault {
    if (!isObject(item)) return malformed("is not an object.");
    const { id } = item;
    if (typeof id !== "string") return malformed("has no id: the prediction_id of the answer.");
    const named = this.ids.read(this.model, id);
    if (typeof named === "string") return { reason: named, message: ID_FAULTS[named] };
    const { maxAgeSeconds = Infinity } = this.config;
    if (named.madeAt !== undefined && Date.now() / 1000 - named.madeAt > maxAgeSeconds) {
      return { reason: "too_late", message: `comes more than ${maxAgeSeconds} s after the prediction.` };
    }
    const metric = item.metric ?? (item.reward === undefined ? "accuracy" : "reward");
    if (typeof metric !== "string" || !METRIC_NAME.test(metric)) {
      return malformed(
        "has a metric that is not a name of up to 64 letters, digits, dots, colons, dashes and underscores.",
      );
    }
    const value = this.valueOf(item);
    return typeof value === "number" ? { id, version: named.version, metric, value } : value;
  }

  private valueOf({ value, reward, label, prediction }: Record<string, unknown>): number | Fault {
    const hasLabel = label !== undefined || prediction !== undefined;
    const forms = [value !== undefined, reward !== undefined, hasLabel].filter(Boolean).length;
    if (forms > 1) return malformed("has several of a value, a reward and a label; send one of them.");
    if (value !== undefined) return numberUpTo(this.config.maxValue, "value", value);
    if (reward !== undefined) return numberUpTo(1, "reward", reward);
    if (label === undefined || prediction === undefined) {
      return malformed("has neither a value, nor a reward, nor a label with the prediction.");
    }
    return Number(isDeepStrictEqual(label, prediction));
  }
}

/** Rewards and values are never negative: the sums of them are counters. */
function numberUpTo(max: number, name: string, value: unknown): number | Fault {
  if (typeof value === "number" && value >= 0 && value <= max) return value;
  return malformed(`has a ${name} that is not a number from 0 to ${max}.`);
}

function malformed(message: string): Fault {
  return { reason: "malformed", message };
}
