import { countersSince } from "../../lib/drivers/ab-test/counters";

const read = (...values: (number | undefined)[]) =>
  values.flatMap((value, step) => (value === undefined ? [] : [{ step, value }]));

describe("what a process counted in a period", () => {
  test("is what its counter gained since then", () => {
    expect(countersSince(read(500, 510, 510, 540), 3)).toEqual([0, 10, 10, 40]);
  });

  test("is all of it where the process began within the period", () => {
    expect(countersSince(read(undefined, undefined, 30, 45), 3)).toEqual([0, 0, 30, 45]);
  });

  test("stays when the process is gone", () => {
    expect(countersSince(read(5, 9), 4)).toEqual([0, 4, 4, 4, 4]);
  });

  test("goes on from nothing when the process restarts", () => {
    expect(countersSince(read(100, 120, 7, 11), 3)).toEqual([0, 20, 27, 31]);
  });

  test("is not lost where a scrape was missed", () => {
    expect(countersSince(read(100, undefined, undefined, 130), 3)).toEqual([0, 0, 0, 30]);
  });
});
