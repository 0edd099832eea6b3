import type { BenchRow } from "../report";
import type { LargeModelResult } from "./large-model";
import type { Measured } from "./rounds";

const OURS = "slipway, JSON";
const FEWER = 16;
const MORE = 64;

/** How much of the CPU of another row a row may need in the same run. */
const BOUNDS = [
  { own: OURS, peer: "node:http with JSON, no model", most: 0.8 },
  { own: "slipway, binary", peer: OURS, most: 0.9 },
  { own: "slipway, gRPC", peer: "node:http2, no model", most: 1.5 },
  { own: "slipway, gRPC over one connection", peer: "node:http2, no model, over one connection", most: 1.5 },
] as const;

/** The figures that have a goal; those of missing servers are left out. */
export function rowsOf(measured: readonly Measured[], large: LargeModelResult | undefined): BenchRow[] {
  const of = (name: string, connections: number): Measured | undefined =>
    measured.find((row) => row.name === name && row.connections === connections);
  const bare = [FEWER, MORE].flatMap((connections) => cpuOverCeiling(of, connections));
  const bounds = [FEWER, MORE].flatMap((connections) =>
    BOUNDS.flatMap((bound) => cpuBound(of(bound.own, connections), of(bound.peer, connections), bound.most)),
  );
  const peers = [
    ["FastAPI", 4],
    ["MLServer", 12],
    ["KServe", 12],
  ] as const;
  const cheaper = peers.flatMap(([name, times]) => timesCheaper(of(OURS, MORE), of(name, MORE), times));
  const sooner = peers.flatMap(([name]) => lowerTail(of(OURS, FEWER), of(name, FEWER)));
  const all = [
    ...bounds,
    ...bare,
    ...cheaper,
    ...sooner,
    ...framework(of("node:http, no model", MORE), of("fastify, no model", MORE)),
  ];
  return large ? [...all, ...largeRows(large)] : all;
}

function cpuOverCeiling(
  of: (name: string, connections: number) => Measured | undefined,
  connections: number,
): BenchRow[] {
  const ceiling = of("node:http, no model", connections);
  return ["JSON", "binary", "gRPC", "JSON among all kinds"].flatMap((form) => {
    const own = of(`slipway, ${form}`, connections);
    if (!own || !ceiling) return [];
    const ratio = own.cpu / ceiling.cpu;
    return {
      metric: `${form}, ${connections} connections: CPU for 10,000 requests`,
      unit: "s",
      value: own.cpu,
      against: `node:http without a model: ${ceiling.cpu.toFixed(3)} s`,
      ratio,
      goal: "none, for comparison",
      met: true,
    };
  });
}

function cpuBound(own: Measured | undefined, peer: Measured | undefined, most: number): BenchRow[] {
  if (!own || !peer) return [];
  const ratio = own.cpu / peer.cpu;
  return [
    {
      metric: `${own.name}, ${own.connections} at once: CPU for 10,000 requests`,
      unit: "s",
      value: own.cpu,
      against: `${peer.name}: ${peer.cpu.toFixed(3)} s`,
      ratio,
      goal: `≤ ${most}`,
      met: ratio <= most,
    },
  ];
}

function timesCheaper(own: Measured | undefined, peer: Measured | undefined, times: number): BenchRow[] {
  if (!own || !peer) return [];
  const ratio = peer.cpu / own.cpu;
  return [
    {
      metric: `JSON, ${own.connections} connections: CPU of ${peer.name} over ours`,
      unit: "s for 10,000",
      value: peer.cpu,
      against: `ours: ${own.cpu.toFixed(3)} s`,
      ratio,
      goal: `≥ ${times}`,
      met: ratio >= times,
    },
  ];
}

function lowerTail(own: Measured | undefined, peer: Measured | undefined): BenchRow[] {
  if (!own || !peer) return [];
  return [
    {
      metric: `JSON, ${own.connections} connections: p99`,
      unit: "ms",
      value: own.p99,
      against: `${peer.name}: ${peer.p99.toFixed(2)} ms`,
      ratio: own.p99 / peer.p99,
      goal: "< 1",
      met: own.p99 < peer.p99,
    },
  ];
}

/** fastify would be used if it cost less than 10% more than node:http alone. */
function framework(node: Measured | undefined, fastify: Measured | undefined): BenchRow[] {
  if (!node || !fastify) return [];
  return [
    {
      metric: "CPU of fastify over node:http, without a model",
      unit: "s for 10,000",
      value: fastify.cpu,
      against: `node:http: ${node.cpu.toFixed(3)} s`,
      ratio: fastify.cpu / node.cpu,
      goal: "used if ≤ 1.1",
      met: true,
    },
  ];
}

function largeRows({ throughput: [alone, batched], whileLoading, whileComputing }: LargeModelResult): BenchRow[] {
  const ratio = batched.requestsPerSecond / alone.requestsPerSecond;
  const health = (when: string, p99: number): BenchRow => ({
    metric: `/health while the 30 MB model ${when}: p99`,
    unit: "ms",
    value: p99,
    against: "the goal",
    ratio: p99 / 10,
    goal: "≤ 10 ms",
    met: p99 <= 10,
  });
  return [
    {
      metric: `30 MB model, ${batched.connections} connections: throughput in batches`,
      unit: "requests/s",
      value: batched.requestsPerSecond,
      against: `maxBatchSize 1: ${alone.requestsPerSecond.toFixed(0)} a second`,
      ratio,
      goal: "≥ 3",
      met: ratio >= 3,
    },
    health("is loaded", whileLoading.p99),
    health("computes without a pause", whileComputing.p99),
  ];
}
