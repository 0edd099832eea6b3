import { setTimeout as sleep } from "node:timers/promises";
import { Cleanup } from "./cleanup";
import { comparisonOf, type Comparison } from "./servers/comparison";
import type { Progress } from "./progress/progress";
import { assembleRig, type RehearsalOrder, type Rig } from "./environment";
import { momentOf, statusOf } from "./status";
import { buildReport, type Switches } from "./report/build";
import type { RehearsalReport } from "./report/report";
import { SeriesRecorder } from "./report/series";
import { watchSwitch } from "./gateway/traffic-switch";

const LOOK_MS = 50;
const SHOW_MS = 100;
const POLL_MS = 5;
const WARM_UP_MS = 1000;

/**
 * Runs the declared rollout on this machine: real servers, a real router, recorded requests, and the policy on a faster
 * clock. Throws `Broken` when it cannot be carried out; whatever happens, nothing that it started is left.
 */
export async function rehearse(order: RehearsalOrder, progress: Progress): Promise<RehearsalReport> {
  const cleanup = new Cleanup();
  try {
    return await perform(order, progress, cleanup);
  } finally {
    progress.end();
    await cleanup.close();
  }
}

async function perform(order: RehearsalOrder, progress: Progress, cleanup: Cleanup): Promise<RehearsalReport> {
  const { plan, signal } = order;
  const broken = new AbortController();
  const series = new SeriesRecorder();
  const rig: Rig = await assembleRig(order, cleanup, {
    onStart: () => progress.step(`starting the servers of ${plan.tracks.map(({ version }) => version).join(" and ")}`),
    onRead: () => look(rig, series, broken),
    onEvent: (event) => progress.event(event),
    onBroken: (error) => broken.abort(error),
  });
  watchServers(rig, broken, progress, signal);
  const ending = AbortSignal.any([signal, broken.signal]);
  await unlessAborted(ending, warmUp(rig, cleanup, ending));
  const show = () => {
    series.add(momentOf(rig));
    progress.status(statusOf(plan.name, rig));
  };
  const timers = [setInterval(() => look(rig, series, broken), LOOK_MS), setInterval(show, SHOW_MS)];
  cleanup.add(() => timers.forEach((timer) => clearInterval(timer)));
  const switches = await unlessAborted(ending, playOut(order, rig, progress, ending));
  show();
  const comparison = await compare(plan.name, rig);
  return buildReport(order, rig, { series: series.series(), ...switches, ...(comparison && { comparison }) });
}

/** The predictions of a shadow beside those of the live version, where there is a shadow. */
async function compare(model: string, { strategy, policy, tracks }: Rig): Promise<Comparison | undefined> {
  const { comparedTrack } = strategy.requirements(policy);
  const compared = tracks.find(({ name }) => name === comparedTrack);
  return compared && comparisonOf(compared.server, model);
}

/** The present version serves alone for a moment, as it did before any rollout, until callers and router run at their pace. */
async function warmUp(
  { traffic, observer, clock, smokeTests }: Rig,
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

/** One look of the policy, and whatever a fault does to the servers now. A change of the split is drawn where it was. */
function look(rig: Rig, series: SeriesRecorder, broken: AbortController): void {
  const { run } = rig;
  const { split } = run;
  try {
    putFaults(rig, broken);
    run.look();
    if (run.split !== split) series.add(momentOf(rig));
  } catch (error) {
    broken.abort(error);
  }
}

/** Does to the servers what a fault wants done to them now. */
function putFaults({ faults, tracks }: Rig, broken: AbortController): void {
  for (const { track: name, crash, wrong } of faults.due()) {
    const server = tracks.find((track) => track.name === name)?.server;
    if (wrong > 0) server?.spoil(wrong).catch((error: unknown) => broken.abort(error));
    if (crash) server?.kill();
  }
}

/** A rollout outlives a track on trial, which is what the policy is for; without the first track there is nothing to go back to. */
function watchServers(
  { tracks, run, faults, notes, router }: Rig,
  broken: AbortController,
  progress: Progress,
  interrupted: AbortSignal,
): void {
  const [home, ...trials] = tracks;
  void home.server.ended.then((how) =>
    broken.abort(home.server.complaint(`stopped (${how}), and with it the ${home.role} version`)),
  );
  for (const { name, server } of trials) {
    void server.ended.then((how) => {
      if (router.counts[name]?.routed === 0) broken.abort(server.complaint(`stopped before it met a request (${how})`));
      if (run.outcome !== undefined || faults.crashed(name) || interrupted.aborted) return;
      const { message } = server.complaint(`stopped by itself (${how})`);
      notes.push(`${message[0]?.toUpperCase()}${message.slice(1)}.`);
      progress.step(message);
    });
  }
}

/** Waits for the end of the rollout, moves the traffic back once if it stayed away, and lets the callers finish. */
async function playOut(
  { settings }: RehearsalOrder,
  { run, traffic, tracks, observer }: Rig,
  progress: Progress,
  signal: AbortSignal,
): Promise<Switches> {
  while (run.outcome === undefined) await sleep(POLL_MS, undefined, { signal });
  const watch = async () => run.lastSwitch && (await watchSwitch(run.lastSwitch, traffic.ledger, signal));
  const [home, ...trials] = tracks;
  let switches: Switches = {};
  if (run.outcome === "rolled-back") switches = { rollback: await watch() };
  else if (run.outcome === "promoted" && settings.drill) {
    progress.step("moving the traffic back once, as a drill");
    const none = Object.fromEntries(trials.map(({ name }) => [name, 0]));
    run.apply({ weights: { [home.name]: 100, ...none } }, performance.now());
    switches = { drill: await watch() };
  }
  await traffic.stop();
  // What came at the very end is counted as well.
  await observer.read();
  return switches;
}

async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
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
