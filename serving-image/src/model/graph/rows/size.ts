/**
 * The size of a dimension, or a number that a graph computes from sizes: a number times symbols. A symbol stands for a size
 * that the file leaves open; the number of rows is one of them.
 */
export interface Size {
  readonly factor: number;
  /** Sorted; one that occurs twice is squared. */
  readonly symbols: readonly string[];
}

const ROWS = "rows";

/** The number of rows of a run. */
export const ROWS_SIZE: Size = { factor: 1, symbols: [ROWS] };
export const ONE = sizeOfNumber(1);

export function sizeOfNumber(factor: number): Size {
  return { factor, symbols: [] };
}

let freshSymbols = 0;

/** A size of which nothing is known, except that the number of rows does not change it. */
export function freshSize(): Size {
  return { factor: 1, symbols: [`#${++freshSymbols}`] };
}

export function multiply(a: Size, b: Size): Size {
  const factor = a.factor * b.factor;
  return { factor, symbols: factor === 0 ? [] : [...a.symbols, ...b.symbols].sort() };
}

export function productOf(sizes: readonly Size[]): Size {
  return sizes.reduce(multiply, ONE);
}

/** Undefined if the quotient is not a whole number times symbols. */
export function divide(a: Size, b: Size): Size | undefined {
  const left = [...a.symbols];
  for (const symbol of b.symbols) {
    const index = left.indexOf(symbol);
    if (index < 0) return undefined;
    left.splice(index, 1);
  }
  const factor = a.factor / b.factor;
  return Number.isInteger(factor) ? { factor, symbols: left } : undefined;
}

export function isEqual(a: Size, b: Size): boolean {
  return a.factor === b.factor && a.symbols.join() === b.symbols.join();
}

export function isNumber(size: Size | undefined, value: number): boolean {
  return size !== undefined && size.symbols.length === 0 && size.factor === value;
}

/** The number, if there are no symbols in it. */
export function numberOf(size: Size | undefined): number | undefined {
  return size?.symbols.length === 0 ? size.factor : undefined;
}

export function dependsOnRows({ symbols }: Size): boolean {
  return symbols.includes(ROWS);
}
