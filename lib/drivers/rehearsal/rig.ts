import { dirname } from "node:path";
import { latencyBounds } from "../../core/contract";
import type { Plan, Track } from "../../core/plan";
import type { RolloutEvent } from "../../strategies/decision";
import type { CanaryPolicy } from "../../strategies/canary/policy";
import { Broken } from "./broken";
import type { Cleanup } from "./cleanup";
import { RolloutClock } from "./clock";
import { containerOf, replicasOf, type Container } from "./container";
import { Faults } from "./faults";
import { checkModelFiles, fileSha256 } from "./model-files";
import { ModelServer } from "./model-server";
import { objectivesOf } from "./objectives";
import { Observer } from "./observer";
import { randomStream } from "./random";
import { rehearsalPolicy } from "./rehearsal-policy";
import { RolloutRun } from "./rollout-run";
import { Router } from "./router";
import { readSamples } from "./samples";
import { makeScratch, Sandbox } from "./sandbox";
import { servingProgram } from "./serving-program";
import type { RehearsalSettings } from "./settings";
import { inferencePath, Traffic } from "./traffic";

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
  readonly servers: { readonly stable: ModelServer; readonly canary: ModelServer };
  readonly sha256: { readonly stable: string; readonly canary: string };
  readonly clock: RolloutClock;
  readonly faults: Faults;
  readonly router: Router;
  readonly traffic: Traffic;
  readonly observer: Observer;
  readonly run: RolloutRun;
  readonly notes: readonly string[];
}

/** What happens in the rig is told to these. */
export interface RigListeners {
  /** Everything was found to be there, and the servers are started. */
  readonly onStart: () => void;
  readonly onRead: () => void;
  readonly onEvent: (event: RolloutEvent) => void;
  readonly onBroken: (error: Broken) => void;
}

/** Starts the servers and puts router, callers, observer and policy around them. */
export async function assembleRig(order: RehearsalOrder, cleanup: Cleanup, listeners: RigListeners): Promise<Rig> {
  const { plan, settings } = order;
  const policy = rehearsalPolicy(plan.policy as CanaryPolicy, settings.speed);
  const [stable, canary] = [policy.stable, policy.canary].map((name) => trackNamed(plan, name)) as [Track, Track];
  checkModelFiles([stable.version, canary.version], settings.models);
  const samples = readSamples(settings.samples);
  const containers = [stable, canary].map((track) => containerOf(plan, track)) as [Container, Container];
  const program = servingProgram(dirname(settings.samples));
  listeners.onStart();
  const servers = await startServers(order, containers, program, cleanup);

  const clock = new RolloutClock(settings.speed);
  const random = (purpose: string) => randomStream(settings.seed, purpose);
  const faults = new Faults(settings.faults, { stable: stable.name, canary: canary.name }, clock, random("faults"));
  const router = await Router.open({
    ports: { [stable.name]: servers.stable.port, [canary.name]: servers.canary.port },
    weights: { [stable.name]: 100, [canary.name]: 0 },
    bounds: latencyBounds(objectivesOf(policy).latencySeconds),
    countedPath: inferencePath(plan.name),
    faults,
    random: random("split"),
  });
  cleanup.add(() => router.close());
  const traffic = new Traffic({
    port: router.port,
    model: plan.name,
    samples,
    settings,
    labelDelayMs: clock.wallMilliseconds(settings.labelDelay),
    onRefused: listeners.onBroken,
  });
  const replicas = (server: ModelServer) => ({ server, replicas: replicasOf(plan, server.track) });
  const observer = new Observer([replicas(servers.stable), replicas(servers.canary)], router, listeners.onRead);
  const faultAt = firstFault(settings);
  const run = new RolloutRun({ policy, clock, router, observer, ledger: traffic.ledger, faultAt, onEvent: listeners.onEvent });
  return { policy, servers, sha256: await digests(settings, stable, canary), clock, faults, router, traffic, observer, run, notes: notesOn(containers) };
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

function notesOn(containers: readonly Container[]): string[] {
  const missing = new Set(containers.flatMap((container) => container.missing));
  return [...missing].map((each) => `The servers ran without ${each}.`);
}

async function digests({ models }: RehearsalSettings, stable: Track, canary: Track): Promise<Rig["sha256"]> {
  const [first, second] = await Promise.all([stable, canary].map(({ version }) => fileSha256(models[version] as string)));
  return { stable: first as string, canary: second as string };
}

/** Starts both servers at once; when one fails, the other is not waited for. */
async function startServers(
  { settings, signal }: RehearsalOrder,
  containers: readonly [Container, Container],
  program: string,
  cleanup: Cleanup,
): Promise<Rig["servers"]> {
  const scratch = makeScratch(cleanup);
  const failed = new AbortController();
  const start = async (container: Container) => {
    const sandbox = new Sandbox(container, scratch);
    const modelFile = settings.models[container.track.version] as string;
    const either = AbortSignal.any([signal, failed.signal]);
    return ModelServer.start({ container, sandbox, program, modelFile, cleanup, signal: either });
  };
  try {
    const [stable, canary] = await Promise.all([start(containers[0]), start(containers[1])]);
    return { stable, canary };
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}
