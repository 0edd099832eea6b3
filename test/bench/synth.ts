/**
 * The cost of planning compared with that of cdk8s: CanaryRollouts synthesized to YAML by cdk8s, against the same objects made
 * by hand with `ApiObject`. Run by `npm run bench:synth`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiObject, App, Chart } from "cdk8s";
import { planCanaryRollout, type CanaryRolloutProps } from "../../lib";
import { CanaryRollout } from "../../lib/cdk8s";
import type { Manifest } from "../../lib/core/manifest";
import { median, reportBench, type BenchRow } from "./report";

const SIZES = [100, 300, 1000] as const;
const ROUNDS = 3;

const propsOf = (index: number): CanaryRolloutProps => ({
  stable: { version: "2.2.0", uri: `s3://models/m${index}/2.2.0/model.onnx`, sha256: "a".repeat(64) },
  canary: { version: "2.3.0", uri: `s3://models/m${index}/2.3.0/model.onnx`, sha256: "b".repeat(64) },
  traffic: { weights: [5, 10, 25, 50, 100], interval: "30m" },
  objectives: { latencyP95: "100ms", errorRate: 0.001 },
  analysis: { metrics: [{ name: "accuracy" }] },
  routing: { istio: { hosts: [`m${index}.example.com`], gateways: ["istio-ingress/public"] } },
});

/** Milliseconds of CPU that some work takes: less noisy than wall time on a busy machine. */
function cpuMilliseconds(work: () => void): number {
  global.gc?.();
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Builds a chart and writes its YAML. */
function synthesize(fill: (chart: Chart) => void): number {
  const outdir = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  const elapsed = cpuMilliseconds(() => {
    const app = new App({ outdir });
    fill(new Chart(app, "bench"));
    app.synth();
  });
  rmSync(outdir, { recursive: true });
  return elapsed;
}

function withSlipway(count: number): number {
  return synthesize((chart) => {
    for (let index = 0; index < count; index += 1) new CanaryRollout(chart, `m${index}`, propsOf(index));
  });
}

/** The same objects, with the same dependencies, as a person would write them out. */
function byHand(rollouts: readonly { role: string; manifest: Manifest; dependsOn: readonly string[] }[][]): number {
  return synthesize((chart) => {
    rollouts.forEach((objects, index) => {
      const made = new Map<string, ApiObject>();
      for (const { role, manifest, dependsOn } of objects) {
        const object = new ApiObject(chart, `m${index}-${role}`, manifest);
        dependsOn.forEach((each) => object.addDependency(made.get(each) as ApiObject));
        made.set(role, object);
      }
    });
  });
}

function plainObjects(count: number) {
  return Array.from({ length: count }, (_, index) => {
    const { objects } = planCanaryRollout(`m${index}`, propsOf(index));
    return Object.entries(objects).map(([role, { manifest, dependsOn }]) => ({ role, manifest, dependsOn }));
  });
}

function planning(count: number): number {
  return cpuMilliseconds(() => {
    for (let index = 0; index < count; index += 1) planCanaryRollout(`m${index}`, propsOf(index));
  });
}

function measure(count: number) {
  const manifests = plainObjects(count);
  const rounds = Array.from({ length: ROUNDS }, () => ({
    slipway: withSlipway(count),
    hand: byHand(manifests),
    plan: planning(count),
  }));
  const of = (key: "slipway" | "hand" | "plan") => median(rounds.map((round) => round[key]));
  return { count, objects: manifests.flat().length, slipway: of("slipway"), hand: of("hand"), plan: of("plan") };
}

withSlipway(20); // warm up
const results = SIZES.map(measure);
const rows: BenchRow[] = results.map(({ count, objects, slipway, hand }) => ({
  metric: `synthesize ${count} rollouts (${objects} objects)`,
  unit: "CPU ms",
  value: slipway,
  against: `the same objects by hand: ${hand.toFixed(0)} ms`,
  ratio: slipway / hand,
  goal: "≤ 1.5",
  met: slipway / hand <= 1.5,
}));
const [small, , large] = results as [(typeof results)[0], (typeof results)[0], (typeof results)[0]];
const growth = large.slipway / large.count / (small.slipway / small.count);
const handGrowth = large.hand / large.count / (small.hand / small.count);
const planGrowth = large.plan / large.count / (small.plan / small.count);
rows.push(
  {
    metric: "planning alone, one rollout",
    unit: "CPU ms",
    value: large.plan / large.count,
    against: `cdk8s for its objects: ${(large.hand / large.count).toFixed(2)} ms`,
    ratio: large.plan / large.hand,
    goal: "≤ 0.5",
    met: large.plan / large.hand <= 0.5,
  },
  {
    metric: "planning: cost of one of 1,000 over one of 100",
    unit: "ratio",
    value: planGrowth,
    against: "linear growth: 1",
    ratio: planGrowth,
    goal: "≤ 1.3",
    met: planGrowth <= 1.3,
  },
  {
    metric: "synthesis: cost of one of 1,000 over one of 100",
    unit: "ratio",
    value: growth,
    against: `by hand: ${handGrowth.toFixed(2)}`,
    ratio: growth / handGrowth,
    goal: "≤ 1.3",
    met: growth / handGrowth <= 1.3,
  },
);
reportBench("synth", rows);
