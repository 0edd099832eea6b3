import type { StratifiedDifference } from "./strata";

/** A difference between two tracks, by their indices. */
export interface PairDifference {
  readonly first: number;
  readonly second: number;
  readonly strata: StratifiedDifference;
}

/**
 * How much more each of some tracks loses than the first, from all pairs together by weighted least squares. Undefined while
 * no strata connect all tracks.
 */
export function adjustedDifferences(pairs: readonly PairDifference[], tracks: number): readonly number[] | undefined {
  const equations = Array.from({ length: tracks }, () => new Array<number>(tracks + 1).fill(0));
  const add = (row: number, column: number, value: number) => {
    const cells = equations[row];
    if (cells !== undefined) cells[column] = (cells[column] ?? 0) + value;
  };
  for (const { first, second, strata } of pairs) {
    for (const [one, other, sign] of [
      [first, second, 1],
      [second, first, -1],
    ] as const) {
      add(one, one, strata.weight);
      add(one, other, -strata.weight);
      add(one, tracks, sign * strata.difference);
    }
  }
  const solution = solve(equations.slice(1).map((row) => row.slice(1)));
  return solution && [0, ...solution];
}

/** The smallest pivot that is not a rounding error. */
const MIN_PIVOT = 1e-9;

/** Solves linear equations, each a row of coefficients with the value at its end. Their matrix is positive definite or singular. */
function solve(rows: number[][]): readonly number[] | undefined {
  for (const [i, pivotRow] of rows.entries()) {
    const pivot = pivotRow[i] ?? 0;
    if (!(pivot > MIN_PIVOT)) return undefined;
    for (const [j, row] of rows.entries()) {
      if (j === i) continue;
      const factor = (row[i] ?? 0) / pivot;
      pivotRow.forEach((value, column) => (row[column] = (row[column] ?? 0) - factor * value));
    }
  }
  return rows.map((row, i) => (row.at(-1) ?? 0) / (row[i] ?? 1));
}
