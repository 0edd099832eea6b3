import { contract } from "../core/contract";
import type { ComparisonConfig } from "../shadow/settings";
import type { SettingReader } from "./setting-reader";

const LIVE_URL = /^http:\/\/[^/?#@\s]+\/?$/;

/** Reads how predictions are compared with those of other servers. */
export function readComparison(reader: SettingReader): ComparisonConfig {
  const { env } = contract;
  const rule = "the URL of the live servers, such as http://recommender-live:8080";
  const live = reader.optionalText("comparison.live", LIVE_URL, rule, env.comparisonLive);
  return {
    keep: reader.flag("comparison.keep", false),
    ...(live && { live: live.replace(/\/$/, "") }),
    copies: reader.choice("comparison.copies", ["all", "marked", "unless-live"], "all"),
    ttlSeconds: reader.number("comparison.ttlSeconds", { min: 0.1, max: 3600 }, 30),
    everySeconds: reader.number("comparison.everySeconds", { min: 0.01, max: 60 }, 0.5),
    maxKept: reader.integer("comparison.maxKept", { min: 1, max: 1_000_000 }, 10_000),
    maxKeptBytes: reader.integer("comparison.maxKeptBytes", { min: 1, max: 2 ** 33 }, 64 * 2 ** 20),
    maxPredictionBytes: reader.integer("comparison.maxPredictionBytes", { min: 1, max: 2 ** 28 }, 2 ** 16),
    agreement: reader.choice("comparison.agreement", ["values", "top-1"], "values"),
    tolerance: reader.number("comparison.tolerance", { min: 0, max: 1e9 }, 0.001),
    samples: reader.integer("comparison.samples", { min: 0, max: 10_000 }, 50),
    values: reader.flag("comparison.values", false),
  };
}
