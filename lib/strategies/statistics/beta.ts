const { exp, floor, log, max, min, sqrt } = Math;

/** What is believed of a share between 0 and 1: a beta distribution, with both numbers at least 1. */
export interface Beta {
  readonly alpha: number;
  readonly beta: number;
}

/** Cells that a distribution is laid out in, and standard deviations that they reach to either side of its mean. */
const cells = 256;
const reach = 12;

/** A distribution laid out over equal cells where nearly all of it lies. */
interface Layout {
  readonly low: number;
  readonly width: number;
  /** Probability of each cell, and of all cells below it. */
  readonly masses: Float64Array;
  readonly below: Float64Array;
}

/**
 * For each of some unknown shares, the probability that it is the largest. By integration over cells fitted to each, not by
 * drawing at random: the same beliefs always give the same answer, and a little more evidence changes it a little.
 */
export function probabilitiesOfLargest(beliefs: readonly Beta[]): readonly number[] {
  const layouts = beliefs.map(layOut);
  const chances = layouts.map((layout, i) => chanceOfLargest(layout, i, layouts));
  const sum = chances.reduce((total, chance) => total + chance, 0);
  return chances.map((chance) => chance / sum);
}

function chanceOfLargest({ low, width, masses }: Layout, index: number, layouts: readonly Layout[]): number {
  let chance = 0;
  for (let cell = 0; cell < cells; cell++) {
    let product = masses[cell] ?? 0;
    for (let other = 0; other < layouts.length && product > 0; other++) {
      const layout = layouts[other];
      if (other !== index && layout !== undefined) product *= probabilityBelow(layout, low + (cell + 0.5) * width);
    }
    chance += product;
  }
  return chance;
}

/** The share that an unknown one is below with a probability. */
export function quantileOfBeta(belief: Beta, probability: number): number {
  const { low, width, masses, below } = layOut(belief);
  let cell = cells - 1;
  while (cell > 0 && (below[cell] ?? 0) > probability) cell -= 1;
  const within = (probability - (below[cell] ?? 0)) / (masses[cell] ?? 1);
  return low + (cell + min(max(within, 0), 1)) * width;
}

function layOut({ alpha, beta }: Beta): Layout {
  const size = alpha + beta;
  const mean = alpha / size;
  const deviation = sqrt((mean * (1 - mean)) / (size + 1));
  const low = max(0, mean - reach * deviation);
  const width = (min(1, mean + reach * deviation) - low) / cells;
  const logs = Float64Array.from({ length: cells }, (_, cell) => {
    const share = low + (cell + 0.5) * width;
    return (alpha - 1) * log(share) + (beta - 1) * log(1 - share);
  });
  const highest = logs.reduce((a, b) => max(a, b), -Infinity);
  const masses = logs.map((each) => exp(each - highest));
  const sum = masses.reduce((total, mass) => total + mass, 0);
  const below = new Float64Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    masses[cell] = (masses[cell] ?? 0) / sum;
    if (cell > 0) below[cell] = (below[cell - 1] ?? 0) + (masses[cell - 1] ?? 0);
  }
  return { low, width, masses, below };
}

function probabilityBelow({ low, width, masses, below }: Layout, share: number): number {
  const position = (share - low) / width;
  if (position <= 0) return 0;
  if (position >= cells) return 1;
  const cell = floor(position);
  return (below[cell] ?? 0) + (position - cell) * (masses[cell] ?? 0);
}
