/**
 * Verdicts under realistic production traffic: how often equally good versions are rolled back under outages, bursts, drift,
 * clumps of errors and late or missing readings, how soon regressions are found, and what a decision costs; with other
 * controllers on the same streams. `npm run bench:streams -- 30 canary clumps` simulates 30 rollouts for each row whose name
 * contains both words. STREAM_SEED is the first seed, and STREAM_JOBS the number of processes. The tables of docs/verdicts.md
 * are written to bench-results/streams.md.
 */
import { writeFileSync } from "node:fs";
import { reportBench } from "./report";
import { costTasks } from "./streams/cost-rows";
import { detectionTasks } from "./streams/detection-rows";
import { docsTables } from "./streams/docs-table";
import { falseVerdictTasks } from "./streams/false-verdict-rows";
import { canaryRollout, peerRollouts } from "./streams/rollouts";
import { rowSourceTasks } from "./streams/row-sources";
import { runTasks, type BenchTask } from "./streams/tasks";

const [runsText = "300", ...words] = process.argv.slice(2);
const RUNS = Number(runsText);
const FIRST_SEED = Number(process.env["STREAM_SEED"] ?? 70000);
const JOBS = Number(process.env["STREAM_JOBS"] ?? 1);

const tasks: readonly BenchTask[] = [
  ...falseVerdictTasks(RUNS, FIRST_SEED),
  ...detectionTasks(RUNS, FIRST_SEED),
  ...costTasks(),
];
const selected = [
  ...tasks.filter(({ name }) => words.every((word) => name.includes(word))),
  ...rowSourceTasks({ runs: RUNS, firstSeed: FIRST_SEED, words }),
];
void runTasks(selected, JOBS).then((rows) => {
  reportBench("streams", rows);
  const controllers = [canaryRollout, ...peerRollouts].map(({ name }) => name);
  writeFileSync("bench-results/streams.md", docsTables(rows, controllers));
});
