import { readFileSync } from "node:fs";
import { parseJsonFile } from "../core/json-file";
import { reasonOf } from "../core/start-up-error";
import { isObject } from "../protocol/json";
import { labelsOf } from "./bins";
import type { Baseline, Feature } from "./settings";

/** Limits the number of time series. */
const MAX_BINS = 20_000;

/** Reads a baseline, or returns what is wrong with it. */
export function readBaseline(file: string): Baseline | string {
  let content: unknown;
  try {
    content = parseJsonFile(readFileSync(file, "utf8"));
  } catch (error) {
    return `cannot be read: ${reasonOf(error)}`;
  }
  if (!isObject(content)) return "is not a JSON object";
  const { model, features = [], predictions = [] } = content;
  if (model !== undefined && typeof model !== "string") return "has a model that is not a name";
  if (!Array.isArray(features) || !Array.isArray(predictions)) return "has features or predictions that are not a list";
  const all: unknown[] = [...features, ...predictions];
  const problem = all.map(problemOf).find((one) => one !== undefined);
  if (problem !== undefined) return problem;
  if (all.length === 0) return "has neither features nor predictions";
  const bins = (all as Feature[]).reduce((sum, feature) => sum + labelsOf(feature).length, 0);
  if (bins > MAX_BINS) return `has ${bins} bins, more than ${MAX_BINS}`;
  return { ...(model !== undefined && { model }), features, predictions };
}

function problemOf(feature: unknown): string | undefined {
  if (!isObject(feature) || typeof feature.name !== "string") return "has an entry without a name";
  const { name, tensor, of, shares, edges, values } = feature;
  const about = (what: string): string => `has "${name}" ${what}`;
  if (typeof tensor !== "string") return about("without the name of its tensor");
  const isValid = of === "mean" || of === "deviation" || (Number.isInteger(of) && Number(of) >= 0);
  if (!isValid) return about('whose "of" is not an index from 0, "mean" or "deviation"');
  if ((edges === undefined) === (values === undefined)) return about("without exactly one of edges and values");
  if (edges !== undefined && !isRising(edges)) return about("whose edges are not increasing numbers");
  if (values !== undefined && !isListOfValues(values)) return about("whose values are not numbers or strings");
  const bins = labelsOf({
    ...(isRising(edges) ? { edges } : {}),
    ...(isListOfValues(values) ? { values } : {}),
  }).length;
  const areShares =
    Array.isArray(shares) && shares.every((share) => typeof share === "number" && share >= 0 && share <= 1);
  return areShares && shares.length <= bins
    ? undefined
    : about(`whose shares are not at most ${bins} numbers from 0 to 1`);
}

function isRising(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.every((edge, i) => typeof edge === "number" && (i === 0 || edge > Number(value[i - 1])))
  );
}

function isListOfValues(value: unknown): value is (number | string)[] {
  return Array.isArray(value) && value.every((one) => typeof one === "number" || typeof one === "string");
}
