import { mkdirSync, writeFileSync } from "node:fs";

/** One figure of a benchmark, and its goal. */
export interface BenchRow {
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  /** Description of what it is compared with. */
  readonly against: string;
  readonly ratio: number;
  readonly goal: string;
  readonly met: boolean;
}

/** Prints a benchmark's table and writes it to `bench-results/NAME.json`, with further results. */
export function reportBench(bench: string, rows: readonly BenchRow[], more: object = {}): void {
  const rounded = rows.map((row) => ({ ...row, value: round(row.value), ratio: round(row.ratio) }));
  console.table(rounded);
  mkdirSync("bench-results", { recursive: true });
  writeFileSync(`bench-results/${bench}.json`, `${JSON.stringify({ bench, rows: rounded, ...more }, undefined, 2)}\n`);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
