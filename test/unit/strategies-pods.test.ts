import * as fc from "fast-check";

import type { PodCounts } from "../../lib/strategies/observation";
import { describeErrorsByPod } from "../../lib/strategies/gates/pods";

const pod = (requests: number, errors: number): PodCounts => ({ requests, errors });

test("names the pod that most errors came from", () => {
  const pods = { "digits-1-1-0-a": pod(500, 11), "digits-1-1-0-b": pod(480, 1) };
  expect(describeErrorsByPod(pods)).toBe("11 of 12 errors from 1 of 2 pods (digits-1-1-0-a)");
});

test.each([
  ["three errors, all from one of two pods", { a: pod(50, 0), b: pod(50, 3) }, "3 of 3 errors from 1 of 2 pods (b)"],
  [
    "more than half, from one of four pods",
    { a: pod(1000, 1), b: pod(1000, 1), c: pod(1000, 1200), d: pod(1000, 2) },
    "1,200 of 1,204 errors from 1 of 4 pods (c)",
  ],
  [
    "a pod that crashed early and served little",
    { a: pod(4, 4), b: pod(900, 1) },
    "4 of 5 errors from 1 of 2 pods (a)",
  ],
] as const)("%s", (_what, pods, phrase) => expect(describeErrorsByPod(pods)).toBe(phrase));

test.each([
  ["the pods are not known", undefined],
  ["no pod served", {}],
  ["there is one pod", { a: pod(100, 20) }],
  ["the other pod has not served yet", { a: pod(100, 20), b: pod(0, 0) }],
  ["there are no errors", { a: pod(100, 0), b: pod(100, 0) }],
  ["there are two errors", { a: pod(100, 2), b: pod(100, 0) }],
  ["the errors are spread", { a: pod(100, 6), b: pod(100, 6) }],
  ["chance explains the spread", { a: pod(100, 7), b: pod(100, 5) }],
  ["most errors come from the pod that served most requests", { a: pod(900, 11), b: pod(100, 1) }],
  ["no pod has more than half of them", { a: pod(100, 5), b: pod(100, 5), c: pod(100, 0) }],
])("names no pod if %s", (_what, pods) => expect(describeErrorsByPod(pods)).toBeUndefined());

const anyPods = fc.dictionary(
  fc.constantFrom("a", "b", "c", "d"),
  fc.nat(1000).chain((requests) => fc.nat(requests).map((errors) => pod(requests, errors))),
);

test("property: a named pod has more errors than all others together, and the order of the pods does not matter", () => {
  fc.assert(
    fc.property(anyPods, (pods) => {
      const phrase = describeErrorsByPod(pods);
      expect(describeErrorsByPod(Object.fromEntries(Object.entries(pods).reverse()))).toBe(phrase);
      if (phrase === undefined) return;
      const named = pods[/\((\w)\)$/.exec(phrase)?.[1] ?? ""]?.errors ?? 0;
      const all = Object.values(pods).reduce((sum, { errors }) => sum + errors, 0);
      expect(named).toBeGreaterThan(all - named);
    }),
  );
});
