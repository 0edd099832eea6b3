const { exp, floor, log, max, min, sqrt } = Math;

/** A belief about a rate between 0 and 1: a beta distribution whose parameters are at least 1. */
export interface Beta {
  readonly alpha: number;
  readonly beta: number;
}

/** Cells of the grid that a distribution is evaluated on, and standard deviations that it spans on each side of the mean. */
const CELLS = 256;
const REACH = 12;

/** A distribution on a grid of equal cells that holds nearly all of its mass. */
interface Grid {
  readonly low: number;
  readonly width: number;
  /** Probability of each cell, and of all cells below it. */
  readonly masses: Float64Array;
  readonly below: Float64Array;
}

/**
 * For each of some unknown rates, the probability that it is the largest. It integrates over a grid for each and draws
 * nothing at random: the same beliefs always give the same probabilities, and a little more evidence changes them a little.
 */
export function probabilitiesOfLargest(beliefs: readonly Beta[]): readonly number[] {
  const grids = beliefs.map(gridOf);
  const probabilities = grids.map((grid, i) => probabilityOfLargest(grid, i, grids));
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  return probabilities.map((probability) => probability / sum);
}

function probabilityOfLargest({ low, width, masses }: Grid, index: number, grids: readonly Grid[]): number {
  let probability = 0;
  for (let cell = 0; cell < CELLS; cell++) {
    let product = masses[cell] ?? 0;
    for (let other = 0; other < grids.length && product > 0; other++) {
      const grid = grids[other];
      if (other !== index && grid !== undefined) product *= probabilityBelow(grid, low + (cell + 0.5) * width);
    }
    probability += product;
  }
  return probability;
}

function gridOf({ alpha, beta }: Beta): Grid {
  const size = alpha + beta;
  const mean = alpha / size;
  const deviation = sqrt((mean * (1 - mean)) / (size + 1));
  const low = max(0, mean - REACH * deviation);
  const width = (min(1, mean + REACH * deviation) - low) / CELLS;
  const logs = Float64Array.from({ length: CELLS }, (_, cell) => {
    const rate = low + (cell + 0.5) * width;
    return (alpha - 1) * log(rate) + (beta - 1) * log(1 - rate);
  });
  const highest = logs.reduce((a, b) => max(a, b), -Infinity);
  const masses = logs.map((each) => exp(each - highest));
  const sum = masses.reduce((total, mass) => total + mass, 0);
  const below = new Float64Array(CELLS);
  for (let cell = 0; cell < CELLS; cell++) {
    masses[cell] = (masses[cell] ?? 0) / sum;
    if (cell > 0) below[cell] = (below[cell - 1] ?? 0) + (masses[cell - 1] ?? 0);
  }
  return { low, width, masses, below };
}

function probabilityBelow({ low, width, masses, below }: Grid, rate: number): number {
  const position = (rate - low) / width;
  if (position <= 0) return 0;
  if (position >= CELLS) return 1;
  const cell = floor(position);
  return (below[cell] ?? 0) + (position - cell) * (masses[cell] ?? 0);
}
