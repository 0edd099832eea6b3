import fc from "fast-check";
import { divisionOf, DivisionUnit } from "../../lib/strategies/calibration/divide";
import { addCounts, countsIn, NO_COUNTS, type HistoryInterval } from "../../lib/strategies/calibration/history";

const count = fc.nat({ max: 2000 });

const podCounts = fc
  .record({
    latency: fc.array(count, { minLength: 4, maxLength: 4 }),
    failed: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ latency, failed }) => {
    const requests = latency.reduce((sum, each) => sum + each, 0);
    const [values, ones] = [Math.floor(requests / 2), Math.floor(requests / 3)];
    return {
      requests,
      errors: Math.floor(requests * failed),
      latency,
      metrics: { accuracy: { count: values, sum: ones, sumOfSquares: ones } },
    };
  });

const interval: fc.Arbitrary<HistoryInterval> = fc
  .dictionary(fc.stringMatching(/^[a-f]{1,3}$/), podCounts, { maxKeys: 6 })
  .map((pods) => ({ at: 60, pods }));

const unit = fc.constantFrom(...Object.values(DivisionUnit));

test("a division neither loses nor invents requests, errors, latencies or values", () => {
  fc.assert(
    fc.property(
      unit,
      fc.nat(),
      fc.nat({ max: 500 }),
      interval,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (by, seed, index, each, share) => {
        const { candidate, baseline } = divisionOf(by, seed)(index, each, share);
        expect(addCounts(candidate, baseline)).toEqual(addCounts(countsIn(each), NO_COUNTS));
        for (const { requests, errors, latency } of [candidate, baseline]) {
          expect(errors).toBeLessThanOrEqual(requests);
          expect([errors, ...latency].every((counted) => counted >= 0)).toBe(true);
        }
        if (share === 0) expect(candidate.requests).toBe(0);
        if (share === 1) expect(baseline.requests).toBe(0);
      },
    ),
  );
});

test("over many intervals each role has its share", () => {
  fc.assert(
    fc.property(unit, fc.nat(), fc.integer({ min: 10, max: 90 }), (by, seed, percent) => {
      const pods = Object.fromEntries(
        Array.from({ length: 10 }, (_, i) => [`pod-${i}`, { ...NO_COUNTS, requests: 100 }]),
      );
      const divide = divisionOf(by, seed);
      let [ofCandidate, all] = [0, 0];
      for (let i = 0; i < 400; i++) {
        const { candidate, baseline } = divide(i, { at: i, pods }, percent / 100);
        ofCandidate += candidate.requests;
        all += candidate.requests + baseline.requests;
      }
      expect(Math.abs(ofCandidate / all - percent / 100)).toBeLessThan(0.051);
    }),
  );
});

test("a pod keeps its role while the weights stay, and joins the candidate only as they rise", () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 6 }),
      (seed, shares) => {
        const divide = divisionOf(DivisionUnit.Pods, seed);
        const rising = [...shares].sort((a, b) => a - b);
        // Each pod is a bit of the number of requests.
        const pods = Object.fromEntries(
          Array.from({ length: 6 }, (_, i) => [`pod-${i}`, { ...NO_COUNTS, requests: 2 ** i }]),
        );
        const roles = rising.map((share, i) => divide(i, { at: i, pods }, share).candidate.requests);
        roles.slice(1).forEach((role, i) => expect(role & (roles[i] ?? 0)).toBe(roles[i]));
      },
    ),
  );
});
