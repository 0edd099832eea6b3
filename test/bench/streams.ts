/**
 * How often equally good versions are rolled back under realistic production traffic: outages, bursts, drift, clumps of
 * errors, cold starts. `npm run bench:streams -- 300 canary clumps` simulates 300 rollouts for each row whose name contains
 * both words.
 */
import { formatShare } from "../../lib/core/format";
import { estimateOf } from "../../lib/drivers/rehearsal/report/estimate";
import { strategyOf, type RolloutPolicy } from "../../lib/strategies/registry";
import { simulateStream, type StreamResult } from "../support/streams/stream-simulation";
import { reportBench, type BenchRow } from "./report";
import { honestStreams, type HonestStream } from "./streams/catalogue";
import { blueGreenPolicy, canaryPolicy, shadowPolicy } from "./streams/policies";

const [runsText = "300", ...words] = process.argv.slice(2);
const RUNS = Number(runsText);
const FIRST_SEED = Number(process.env["STREAM_SEED"] ?? 70000);
const SECONDS_PER_EVALUATION = Number(process.env["STREAM_SECONDS"] ?? 15);
const MAX_FALSE_VERDICTS = 0.01;

const rows: BenchRow[] = [
  ...rowsOf("canary", canaryPolicy([5, 10, 25, 50, 100]), 9000),
  ...rowsOf("canary, holdback 5%", canaryPolicy([5, 10, 25, 50, 95]), 9000),
  // Green counts as promoted when its watch ends, so incidents must fall into the watch.
  ...rowsOf("blue-green", blueGreenPolicy(), 1800),
  ...rowsOf("shadow", shadowPolicy(), 9000),
];
reportBench("streams", rows);

function rowsOf(name: string, policy: RolloutPolicy, rolloutSeconds: number): BenchRow[] {
  return honestStreams(rolloutSeconds)
    .filter((stream) => words.every((word) => `${name}: ${stream.name}`.includes(word)))
    .map((stream) => rowOf(name, policy, stream, rolloutSeconds));
}

function rowOf(
  name: string,
  policy: RolloutPolicy,
  { name: streamName, stream, coldRequests }: HonestStream,
  rolloutSeconds: number,
): BenchRow {
  const results = Array.from({ length: RUNS }, (_, run) =>
    simulateStream({
      strategy: strategyOf(policy),
      policy,
      stream,
      seed: FIRST_SEED + run,
      secondsPerEvaluation: SECONDS_PER_EVALUATION,
      maxSeconds: 3 * rolloutSeconds,
      ...(coldRequests !== undefined && { coldRequests }),
    }),
  );
  const falseVerdicts = results.filter(({ outcome }) => outcome === "rolled-back");
  const value = falseVerdicts.length / RUNS;
  // Every run is a 1 or a 0, so the interval is Wilson's.
  const interval = estimateOf({ count: RUNS, sum: falseVerdicts.length, sumOfSquares: falseVerdicts.length });
  const row = {
    metric: `${name}: ${streamName}`,
    unit: "rolled back",
    value,
    against: `95% interval ${formatShare(interval?.low)} to ${formatShare(interval?.high)}; ${othersOf(results)}`,
    ratio: value / MAX_FALSE_VERDICTS,
    goal: "at most 0.01",
    met: value <= MAX_FALSE_VERDICTS,
  };
  process.stderr.write(`${row.metric}\t${formatShare(value)}\t${row.against}\t${falseVerdicts[0]?.message ?? ""}\n`);
  return row;
}

function othersOf(results: readonly StreamResult[]): string {
  const count = (outcome: string): number => results.filter((result) => result.outcome === outcome).length;
  const seconds = results.map((result) => result.seconds).sort((a, b) => a - b)[Math.floor(results.length / 2)] ?? 0;
  const bytes = Math.max(...results.map(({ stateBytes }) => stateBytes));
  return `${["promoted", "completed", "paused", "running"].map((outcome) => `${count(outcome)} ${outcome}`).join(", ")}; median ${Math.round(seconds / 60)} min; state ${bytes} B`;
}
