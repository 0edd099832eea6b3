import type { TensorValue } from "../protocol/datatypes";
import type { Feature } from "./settings";

/** The value of a feature in each row of a tensor. A tensor without a batch dimension counts as one row. */
export function featureValuesOf({ shape, data }: TensorValue, of: Feature["of"]): unknown[] {
  const rows = shape[0] ?? 1;
  const width = data.length / rows;
  if (typeof of !== "number")
    return Array.from({ length: rows }, (_, row) => statisticOf(data, row * width, width, of));
  if (of < width) return Array.from({ length: rows }, (_, row) => data[row * width + of]);
  return of < data.length ? [data[of]] : [];
}

function statisticOf(data: ArrayLike<unknown>, from: number, width: number, of: "mean" | "deviation"): number {
  let sum = 0;
  let squares = 0;
  for (let i = from; i < from + width; i++) {
    const value = Number(data[i]);
    sum += value;
    squares += value * value;
  }
  const mean = sum / width;
  return of === "mean" ? mean : Math.sqrt(Math.max(0, squares / width - mean * mean));
}
