/**
 * The power that timetables print, against simulated rollouts: `npm run bench:power -- 200` simulates 200 rollouts for each
 * row. It takes some minutes.
 */
import { approximateChance, simulatedChance, type PowerCase } from "../support/power-simulation";
import { reportBench, type BenchRow } from "./report";

const RUNS = Number(process.argv[2] ?? 200);
const TOLERANCE = 0.12;

const FEW = [5, 10, 25, 50, 95];
const MANY = [5, 15, 25, 35, 45, 55, 65, 75, 85, 95];

const CASES: readonly PowerCase[] = [
  ...[0.3, 1, 3, 10].map((requestsPerSecond) => ({ weights: FEW, limit: 0.001, factor: 2, requestsPerSecond })),
  ...[1, 3, 10].map((requestsPerSecond) => ({ weights: MANY, limit: 0.001, factor: 2, requestsPerSecond })),
  ...[1, 3].map((requestsPerSecond) => ({ weights: FEW, limit: 0.001, factor: 1.5, requestsPerSecond })),
  ...[1.2, 1.5].map((factor) => ({ weights: FEW, limit: 0.01, factor, requestsPerSecond: 1 })),
  { weights: [20, 95], limit: 0.001, factor: 2, requestsPerSecond: 1 },
  { weights: [20, 95], limit: 0.001, factor: 5, requestsPerSecond: 0.3 },
];

reportBench("power", [...CASES.map(accuracyRow), costRow()]);

function accuracyRow(given: PowerCase): BenchRow {
  const { weights, limit, factor, requestsPerSecond } = given;
  const [value, simulated] = [approximateChance(given), simulatedChance(given, RUNS)];
  const difference = Math.abs(value - simulated);
  return {
    metric: `errors ×${factor} of ${limit * 100}%, ${requestsPerSecond} requests/s, ${weights.join(", ")}%`,
    unit: "promoted",
    value,
    against: `${RUNS} simulated rollouts: ${simulated.toFixed(2)}`,
    ratio: difference / TOLERANCE,
    goal: `within ${TOLERANCE}`,
    met: difference <= TOLERANCE,
  };
}

function costRow(): BenchRow {
  const given = { weights: MANY, limit: 0.001, factor: 2 };
  const rounds = Array.from({ length: 10 }, () => {
    const before = process.cpuUsage();
    for (const requestsPerSecond of [1, 10, 100]) approximateChance({ ...given, requestsPerSecond });
    return process.cpuUsage(before).user / 1000;
  });
  const value = Math.min(...rounds);
  return {
    metric: "the power of one timetable, at three rates",
    unit: "CPU ms",
    value,
    against: "the goal",
    ratio: value / 20,
    goal: "at most 20 ms",
    met: value <= 20,
  };
}
