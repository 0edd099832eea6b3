import { estimateOf } from "../../lib/drivers/rehearsal/report/estimate";
import { headline, withoutRepetition } from "../../lib/drivers/rehearsal/progress/text";
import type { RolloutEvent } from "../../lib/strategies/decision";

const event = (kind: RolloutEvent["kind"], message: string): RolloutEvent => ({ at: 0, kind, message });

test("a headline omits long lists of figures and keeps short ones", () => {
  const figures = "p95 2.5ms of 60 requests against the objective of 100ms; error rate 0% of 115 requests";
  expect(headline(event("stage-entered", `10% to digits-1-1-0 (${figures})`))).toBe("10% to digits-1-1-0");
  expect(headline(event("verdict", "digits-1-1-0 is a winner (+12%)"))).toBe("digits-1-1-0 is a winner (+12%)");
  expect(headline(event("extended", "holding 5%, extension 1 of 4: 19 of 60 requests; p95: 7 of 60 requests"))).toBe(
    "holding 5%, extension 1 of 4: 19 of 60 requests …",
  );
});

test("a failed gate is omitted only if the last event repeats its figures", () => {
  const failed = event("gate-failed", "errors: 9% of 80 requests failed");
  const rolledBack = event("rolled-back", "9% of 80 requests failed: rolled back after 57s");
  const removed = event("arm-removed", "digits-1-1-0 is removed permanently with its 90%");
  expect(withoutRepetition([failed, rolledBack])).toEqual([rolledBack]);
  expect(withoutRepetition([failed, removed])).toEqual([failed, removed]);
});

test("an estimate of a share has an interval within 0 to 1, even if all values are equal", () => {
  const { mean, low, high } = estimateOf({ count: 10, sum: 10, sumOfSquares: 10 }) ?? {};
  expect([mean, high]).toEqual([1, expect.closeTo(1, 9)]);
  // Wilson's lower bound for 10 of 10.
  expect(low).toBeCloseTo(0.7225, 3);
  expect(estimateOf({ count: 4, sum: 12, sumOfSquares: 40 })).toMatchObject({
    mean: 3,
    low: expect.closeTo(3 - 1.96 / 2, 9) as number,
    high: expect.closeTo(3 + 1.96 / 2, 9) as number,
  });
  expect(estimateOf({ count: 0, sum: 0, sumOfSquares: 0 })).toBeUndefined();
});
