/** A number of draws from 1 to `things`, each with a probability proportional to its inverse (Zipf's law); the same every time. */
export function zipf(things: number, draws: number): number[] {
  const sums = new Float64Array(things);
  let sum = 0;
  for (let k = 0; k < things; k++) sums[k] = sum += 1 / (k + 1);
  let seed = 1;
  return Array.from({ length: draws }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return placeOf((seed / 2 ** 32) * sum, sums) + 1;
  });
}

/** The first index at which the cumulative sum is larger. */
function placeOf(drawn: number, sums: Float64Array): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > drawn) high = middle;
    else low = middle + 1;
  }
  return low;
}
