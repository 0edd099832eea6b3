import { setTimeout as sleep } from "node:timers/promises";
import { formatList } from "../../core/format";
import { Cleanup } from "./cleanup";
import { setUp, type RehearsalEnvironment, type RehearsalRequest, type ServedTrack } from "./environment";
import { observeSwitch } from "./gateway/traffic-switch";
import type { Progress } from "./progress/progress";
import { buildReport, type TrafficSwitches } from "./report/build";
import type { RehearsalReport } from "./report/report";
import { SeriesRecorder } from "./report/series";
import { fetchComparison, type Comparison } from "./servers/comparison";
import { snapshotOf, statusOf } from "./status";

const EVALUATE_MS = 50;
const SHOW_MS = 100;
const POLL_MS = 5;
const WARM_UP_MS = 1000;

/**
 * Runs the declared rollout on this machine: real servers, a real router, recorded requests, and the policy on a faster
 * clock. Throws a `DriverError` when it cannot run. In every case, nothing that it started is left behind.
 */
export async function rehearse(request: RehearsalRequest, progress: Progress): Promise<RehearsalReport> {
  const cleanup = new Cleanup();
  try {
    return await run(request, progress, cleanup);
  } finally {
    progress.end();
    await cleanup.close();
  }
}

async function run(request: RehearsalRequest, progress: Progress, cleanup: Cleanup): Promise<RehearsalReport> {
  const { plan, signal } = request;
  const failure = new AbortController();
  const series = new SeriesRecorder();
  const environment: RehearsalEnvironment = await setUp(request, cleanup, {
    onStart: () => progress.step(`starting the servers of ${formatList(plan.tracks.map(({ version }) => version))}`),
    onRead: () => evaluate(environment, series, failure),
    onEvent: (event) => progress.event(event),
    onError: (error) => failure.abort(error),
  });
  monitorServers(environment, failure, progress, signal);
  const ending = AbortSignal.any([signal, failure.signal]);
  await untilAborted(ending, warmUp(environment, cleanup, ending));
  const show = () => {
    series.add(snapshotOf(environment));
    progress.status(statusOf(plan.name, environment));
  };
  const timers = [setInterval(() => evaluate(environment, series, failure), EVALUATE_MS), setInterval(show, SHOW_MS)];
  cleanup.add(() => timers.forEach((timer) => clearInterval(timer)));
  const switches = await untilAborted(ending, runToCompletion(request, environment, progress, ending));
  show();
  const comparison = await compareTracks(plan.name, environment);
  return buildReport(request, environment, {
    series: series.series(),
    ...switches,
    ...(comparison && { comparison }),
  });
}

/** The predictions of a compared track beside those of the baseline, where the strategy compares them. */
async function compareTracks(
  model: string,
  { strategy, policy, tracks }: RehearsalEnvironment,
): Promise<Comparison | undefined> {
  const { comparedTrack } = strategy.requirements(policy);
  const compared = tracks.find(({ name }) => name === comparedTrack);
  return compared && fetchComparison(compared.server, model);
}

/** The baseline serves alone for a moment, as before any rollout, until callers and router have reached their pace. */
async function warmUp(
  { traffic, observer, clock, smokeTests }: RehearsalEnvironment,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<void> {
  cleanup.add(() => observer.stop());
  cleanup.add(() => traffic.abandon());
  traffic.start();
  await sleep(WARM_UP_MS, undefined, { signal });
  observer.start();
  clock.start();
  for (const test of Object.values(smokeTests)) void test.run();
}

/** Injects the server faults that are due and evaluates the policy once; a change of the split is drawn where it happened. */
function evaluate(environment: RehearsalEnvironment, series: SeriesRecorder, failure: AbortController): void {
  const { run } = environment;
  const { split } = run;
  try {
    injectServerFaults(environment, failure);
    run.evaluate();
    if (run.split !== split) series.add(snapshotOf(environment));
  } catch (error) {
    failure.abort(error);
  }
}

function injectServerFaults({ faults, tracks }: RehearsalEnvironment, failure: AbortController): void {
  for (const { track: name, crash, wrong } of faults.due()) {
    const server = tracks.find((track) => track.name === name)?.server;
    if (wrong > 0) server?.corruptPredictions(wrong).catch((error: unknown) => failure.abort(error));
    if (crash) server?.kill();
  }
}

/**
 * A rollout goes on when a candidate's server stops, because that is what its policy must handle. Without the baseline
 * there is nothing to roll back to.
 */
function monitorServers(
  environment: RehearsalEnvironment,
  failure: AbortController,
  progress: Progress,
  interrupted: AbortSignal,
): void {
  const [baseline, ...candidates] = environment.tracks;
  void baseline.server.ended.then((how) =>
    failure.abort(baseline.server.failure(`stopped (${how}), and with it the ${baseline.role} version`)),
  );
  for (const candidate of candidates) {
    void candidate.server.ended.then((how) => {
      if (environment.router.counts[candidate.name]?.routed === 0)
        failure.abort(candidate.server.failure(`stopped before its first request (${how})`));
      if (!interrupted.aborted) noteCrash(environment, candidate, how, progress);
    });
  }
}

function noteCrash(
  { run, faults, notes }: RehearsalEnvironment,
  { name, server }: ServedTrack,
  how: string,
  progress: Progress,
): void {
  if (run.outcome !== undefined || faults.crashed(name)) return;
  const { message } = server.failure(`crashed (${how})`);
  notes.push(`${message[0]?.toUpperCase()}${message.slice(1)}.`);
  progress.step(message);
}

/** Waits until the rollout has ended, observes the rollback or runs the rollback drill, and lets the callers finish. */
async function runToCompletion(
  { settings }: RehearsalRequest,
  environment: RehearsalEnvironment,
  progress: Progress,
  signal: AbortSignal,
): Promise<TrafficSwitches> {
  const { run, traffic, observer } = environment;
  while (run.outcome === undefined) await sleep(POLL_MS, undefined, { signal });
  const lastSwitch = async () => run.lastSwitch && (await observeSwitch(run.lastSwitch, traffic.ledger, signal));
  let switches: TrafficSwitches = {};
  if (run.outcome === "rolled-back") switches = { rollback: await lastSwitch() };
  else if (run.outcome === "promoted" && settings.drill) {
    progress.step("rollback drill: moving the traffic back once");
    rollBack(environment);
    switches = { drill: await lastSwitch() };
  }
  await traffic.stop();
  // The last answers and labels count as well.
  await observer.read();
  return switches;
}

function rollBack({ run, tracks: [baseline, ...candidates] }: RehearsalEnvironment): void {
  const none = Object.fromEntries(candidates.map(({ name }) => [name, 0]));
  run.apply({ weights: { [baseline.name]: 100, ...none } }, performance.now());
}

async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  try {
    return await Promise.race([aborted, work]);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
