/**
 * How many requests a candidate serves until its regression is found, at 5% of the traffic with all gates; and how often a
 * candidate that is exactly as bad as its margin allows is rolled back. `node dist/test/bench/detection.js 100 errors`.
 */
import { strategyOf } from "../../lib/strategies/registry";
import type { CanaryPolicy } from "../../lib/strategies/canary/policy";
import { gatesFor } from "../support/canary-simulation";
import { simulateStream } from "../support/streams/stream-simulation";
import { steady, type Conditions } from "../support/streams/traffic";
import { canaryPolicy } from "./streams/policies";
import { regressions } from "./streams/regressions";

const [runsText = "100", ...words] = process.argv.slice(2);
const RUNS = Number(runsText);
const SEED_OFFSET = Number(process.env["STREAM_SEED"] ?? 0);
const matches = (name: string): boolean => words.every((word) => name.includes(word));

for (const { name, baseline, candidate, before, secondsPerEvaluation, from = 0 } of regressions) {
  if (!matches(name)) continue;
  const policy = canaryPolicy([5, 50], 1e6, gatesFor(0.02));
  const results = Array.from({ length: RUNS }, (_, run) =>
    simulateStream({
      strategy: strategyOf(policy),
      policy,
      stream: steady(baseline),
      candidate: (same) => ({ ...same, ...candidate }),
      differsFrom: from,
      seed: SEED_OFFSET + 3000 + run,
      secondsPerEvaluation,
      maxSeconds: from + 6000,
    }),
  );
  const found = results
    .filter(({ early }) => !early)
    .map(({ outcome, requests }) => (outcome === "rolled-back" ? requests : Infinity))
    .sort((a, b) => a - b);
  const at = (share: number): number => found[Math.ceil(share * found.length) - 1] ?? NaN;
  console.log(
    `${name}\tmedian ${at(0.5)}\t90% ${at(0.9)}\tbefore ${before ?? "-"}\tearly ${results.length - found.length}`,
  );
}

/** Candidates that are at most as bad as allowed, through a whole rollout. */
const allowed: readonly (readonly [name: string, Partial<Conditions>, Partial<Conditions>])[] = [
  ["allowed: errors × 1.5 of 1%", { errorRate: 0.01 }, { errorRate: 0.015 }],
  ["allowed: errors × 1.4 of 1%", { errorRate: 0.01 }, { errorRate: 0.014 }],
  ["allowed: accuracy 97% × 0.99", { errorRate: 0.001 }, { accuracy: 0.97 * 0.99 }],
  ["allowed: p95 × 1.2", { errorRate: 0.001 }, { medianLatency: 0.036 }],
];
for (const [name, baseline, change] of allowed) {
  if (!matches(name)) continue;
  for (const [rollout, policy] of [
    ["30 min stages", canaryPolicy([5, 10, 25, 50, 95], 1800, gatesFor(0.02, 50))],
    ["2 min stages", canaryPolicy([5, 10, 25, 50, 95], 120, gatesFor(0.02, 50))],
  ] as const)
    console.log(`${name}, ${rollout}\trolled back ${rolledBack(policy, baseline, change)}`);
}

function rolledBack(policy: CanaryPolicy, baseline: Partial<Conditions>, change: Partial<Conditions>): number {
  let count = 0;
  for (let run = 0; run < RUNS; run++) {
    const { outcome } = simulateStream({
      strategy: strategyOf(policy),
      policy,
      stream: steady(baseline),
      candidate: (same) => ({ ...same, ...change }),
      seed: SEED_OFFSET + 9000 + run,
      secondsPerEvaluation: 15,
      maxSeconds: 30000,
    });
    if (outcome === "rolled-back") count += 1;
  }
  return count / RUNS;
}
