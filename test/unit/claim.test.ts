import { describeClaim } from "../../lib/constructs/common/claim";

const claim = (hasBaseline: boolean): string =>
  describeClaim({ wrongVerdict: "an equally good version is rolled back", falseAlarmRate: 0.02, hasBaseline });

test("a plan claims only what holds: what affects both versions, and only while there is a baseline", () => {
  expect(claim(true)).toContain("an equally good version is rolled back with a probability of at most 2%, including");
  expect(claim(true)).toContain("An incident of its own replicas counts against it.");
  expect(claim(true)).not.toContain("nothing to compare with");
  expect(claim(false)).toBe(
    `${claim(true)} While the baseline has no traffic there is nothing to compare with: then an outage counts against it too.`,
  );
});
