import { Random } from "../support/random";
import { addMultinomial, binomial, lognormalBuckets } from "../support/streams/sampling";

test.each([1e-300, 1e-20, 1e-12])("an event with the probability %d does not occur", (probability) => {
  expect(binomial(new Random(1), 1000, probability)).toBe(0);
});

test.each([0.001, 0.03, 0.3, 2])("half of the latencies with a median of %d s are below it", (median) => {
  const bounds = [0.00001, median, 20];
  const counts = new Array<number>(bounds.length + 1).fill(0);
  addMultinomial(new Random(1), counts, 10_000, lognormalBuckets(bounds, median, 0.5));
  expect(counts.reduce((sum, count) => sum + count)).toBe(10_000);
  const below = counts.slice(0, 2).reduce((sum, count) => sum + count, 0);
  expect(Math.abs(below - 5000)).toBeLessThan(200);
});
