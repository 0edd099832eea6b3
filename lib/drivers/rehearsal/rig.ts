import { dirname } from "node:path";
import { latencyBounds } from "../../core/contract";
import type { Plan, Track } from "../../core/plan";
import type { CanaryPolicy } from "../../strategies/canary/policy";
import type { RolloutEvent } from "../../strategies/decision";
import type { Broken } from "./broken";
import { BusyMachine } from "./busy-machine";
import type { Cleanup } from "./cleanup";
import { RolloutClock } from "./clock";
import { containerOf, replicasOf } from "./container";
import { Faults } from "./faults";
import { checkModelFiles, fileSha256 } from "./model-files";
import type { ModelServer } from "./model-server";
import { objectivesOf } from "./objectives";
import { Observer } from "./observer";
import { randomStream } from "./random";
import { rehearsalPolicy } from "./rehearsal-policy";
import { RolloutRun } from "./rollout-run";
import { Router } from "./router";
import { readSamples } from "./samples";
import { servingProgram } from "./serving-program";
import type { RehearsalSettings } from "./settings";
import { startServers, type BothTracks } from "./start-servers";
import { inferencePath, Traffic } from "./traffic";
import { validate } from "./validation";

/** What is to be rehearsed, and how. */
export interface RehearsalOrder {
  readonly plan: Plan<CanaryPolicy>;
  readonly settings: RehearsalSettings;
  /** Ends the rehearsal early. */
  readonly signal: AbortSignal;
}

/** Everything that a rehearsal runs with, started and connected. */
export interface Rig {
  readonly policy: CanaryPolicy;
  readonly servers: BothTracks<ModelServer>;
  /** Of the model files. */
  readonly sha256: BothTracks<string>;
  readonly clock: RolloutClock;
  readonly faults: Faults;
  readonly router: Router;
  readonly traffic: Traffic;
  readonly observer: Observer;
  readonly run: RolloutRun;
  /** What a reader of the report should know of this machine and these servers. */
  readonly notes: string[];
}

/** What happens in the rig is told to these. */
export interface RigListeners {
  /** Everything was found to be there, and the servers are started. */
  readonly onStart: () => void;
  /** The servers' metrics were read again. */
  readonly onRead: () => void;
  readonly onEvent: (event: RolloutEvent) => void;
  readonly onBroken: (error: Broken) => void;
}

/** Starts the servers and puts router, callers, observer and policy around them. */
export async function assembleRig(order: RehearsalOrder, cleanup: Cleanup, listeners: RigListeners): Promise<Rig> {
  const { plan, settings, signal } = order;
  const policy = rehearsalPolicy(plan.policy as CanaryPolicy, settings.speed);
  const stable = trackNamed(plan, policy.stable);
  const canary = trackNamed(plan, policy.canary);
  checkModelFiles([stable.version, canary.version], settings.models);
  const samples = readSamples(settings.samples);
  const program = servingProgram(dirname(settings.samples));
  const containers = { stable: containerOf(plan, stable), canary: containerOf(plan, canary) };
  listeners.onStart();
  const servers = await startServers({ containers, program, models: settings.models, signal }, cleanup);

  const clock = new RolloutClock(settings.speed);
  const machine = new BusyMachine([servers.stable, servers.canary], harmlessWait(policy), cleanup);
  const names = { stable: stable.name, canary: canary.name };
  const faults = new Faults(settings.faults, names, clock, randomStream(settings.seed, "faults"));
  const router = await openRouter(order, servers, { faults, machine, policy }, cleanup);
  const traffic = new Traffic({
    port: router.port,
    model: plan.name,
    samples,
    settings,
    labelDelayMs: clock.wallMilliseconds(settings.labelDelay),
    onRefused: listeners.onBroken,
  });
  const path = inferencePath(plan.name);
  await Promise.all([servers.stable, servers.canary].map((server) => validate(server, path, samples, traffic.ledger)));
  const watched = [servers.stable, servers.canary].map((server) => ({
    server,
    replicas: replicasOf(plan, server.track),
  }));
  const observer = new Observer(watched, router, listeners.onRead);
  const { ledger } = traffic;
  const { onEvent } = listeners;
  const run = new RolloutRun({ policy, clock, router, observer, ledger, faultAt: firstFault(settings), onEvent });
  const sha256 = {
    stable: await fileSha256(settings.models[stable.version] as string),
    canary: await fileSha256(settings.models[canary.version] as string),
  };
  const missing = new Set([...containers.stable.missing, ...containers.canary.missing]);
  const notes = [...missing].map((each) => `The servers ran without ${each}.`);
  return { policy, servers, sha256, clock, faults, router, traffic, observer, run, notes };
}

async function openRouter(
  { plan, settings }: RehearsalOrder,
  { stable, canary }: BothTracks<ModelServer>,
  { faults, machine, policy }: Pick<Rig, "faults" | "policy"> & { readonly machine: BusyMachine },
  cleanup: Cleanup,
): Promise<Router> {
  const router = await Router.open({
    ports: { [stable.track.name]: stable.port, [canary.track.name]: canary.port },
    weights: { [stable.track.name]: 100, [canary.track.name]: 0 },
    bounds: latencyBounds(objectivesOf(policy).latencySeconds),
    countedPath: inferencePath(plan.name),
    faults,
    machine,
    random: randomStream(settings.seed, "split"),
  });
  cleanup.add(() => router.close());
  return router;
}

/** Milliseconds that are a small part of the latencies that any gate tells apart. */
function harmlessWait({ gates }: CanaryPolicy): number {
  const floors = gates.map((gate) => (gate.kind === "latency-comparison" ? gate.floorSeconds : Infinity));
  const least = Math.min(...floors, objectivesOf({ gates }).latencySeconds ?? Infinity);
  return Number.isFinite(least) ? (least * 1000) / 5 : 0;
}

function trackNamed(plan: Plan, name: string): Track {
  const track = plan.tracks.find((each) => each.name === name);
  if (track === undefined) throw new Error(`the plan has no track ${name}`);
  return track;
}

function firstFault({ faults }: RehearsalSettings): number | undefined {
  const times = faults.filter(({ track }) => track === "canary").map(({ at }) => at);
  return times.length === 0 ? undefined : Math.min(...times);
}
