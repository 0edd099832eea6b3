import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { latencyBounds } from "../../core/contract";
import type { Plan, Track } from "../../core/plan";
import type { RolloutEvent } from "../../strategies/decision";
import type { Gate } from "../../strategies/gate";
import { strategyOf, type RolloutPolicy } from "../../strategies/registry";
import type { Requirements } from "../../strategies/requirements";
import type { Strategy } from "../../strategies/strategy";
import type { DriverError } from "../common/driver-error";
import { BusyMachine } from "./gateway/cpu-contention";
import { Caller } from "./traffic/caller";
import type { Cleanup } from "./cleanup";
import { RolloutClock } from "./clock";
import { containerOf, replicasOf } from "./servers/container";
import { Faults } from "./gateway/fault-injector";
import { checkModelFiles, fileSha256 } from "./servers/model-files";
import type { ModelServer } from "./servers/model-server";
import { objectivesOf } from "./objectives";
import { Observer } from "./servers/observer";
import { randomStream } from "./random";
import { roleOf, trackCalled } from "./track-roles";
import { RolloutRun } from "./rollout-run";
import { PREVIEW_HOST, Router } from "./gateway/router";
import { readSamples, type Samples } from "./traffic/samples";
import { servingProgram } from "../server-process/serving-program";
import type { RehearsalSettings } from "./settings";
import { SmokeTest } from "./traffic/smoke-test";
import { startServers } from "./servers/start-servers";
import { inferencePath, Traffic } from "./traffic/traffic";
import { validate } from "./traffic/validation";

/** What is to be rehearsed, and how. */
export interface RehearsalOrder {
  readonly plan: Plan<RolloutPolicy>;
  readonly settings: RehearsalSettings;
  /** Ends the rehearsal early. */
  readonly signal: AbortSignal;
}

/** A track with what serves it. */
export interface RigTrack {
  readonly name: string;
  readonly version: string;
  /** What a person calls it, such as `canary`. */
  readonly role: string;
  readonly server: ModelServer;
  /** Of the model file. */
  readonly sha256: string;
}

/** Everything that a rehearsal runs with, started and connected. */
export interface Rig {
  readonly strategy: Strategy<RolloutPolicy, unknown>;
  readonly policy: RolloutPolicy;
  /** The first is the one that serves before the rollout and that all traffic goes back to. */
  readonly tracks: readonly [RigTrack, ...RigTrack[]];
  readonly clock: RolloutClock;
  readonly faults: Faults;
  readonly router: Router;
  readonly traffic: Traffic;
  /** By the name of the track that each is for. */
  readonly smokeTests: Readonly<Record<string, SmokeTest>>;
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
  readonly onBroken: (error: DriverError) => void;
}

/** Starts the servers and puts router, callers, observer and policy around them. */
export async function assembleRig(order: RehearsalOrder, cleanup: Cleanup, listeners: RigListeners): Promise<Rig> {
  const { plan, settings, signal } = order;
  const declared = plan.policy as RolloutPolicy;
  const strategy = strategyOf(declared);
  const policy = strategy.onFasterClock(declared, settings.speed);
  const { preview, stickyUsers, comparedTrack } = strategy.requirements(policy);
  const gates = strategy.gates(policy);
  const planned = strategy.tracks(policy).map((name) => trackNamed(plan, name));
  const models = planned.map(({ version }) => settings.models[version] as string);
  checkModelFiles(planned, settings.models);
  const samples = readSamples(settings.samples);
  const program = servingProgram(dirname(settings.samples));
  const containers = planned.map((track) => containerOf(plan, track));
  listeners.onStart();
  const compared = comparedTrack === undefined ? {} : { compared: comparedTrack };
  const clock = new RolloutClock(settings.speed);
  const trackOf = (word: string) => trackCalled(word, planned, policy)?.name;
  const faults = new Faults(settings.faults, trackOf, clock, randomStream(settings.seed, "faults"));
  const allowFaults = (track: string) => faults.spoils(track);
  const servers = await startServers(
    { containers, program, models: settings.models, allowFaults, feedbackSecret: randomUUID(), ...compared, signal },
    cleanup,
  );
  const machine = new BusyMachine(servers, harmlessWait(gates), cleanup);
  const bounds = latencyBounds(objectivesOf(gates).latencySeconds);
  const router = await Router.open({
    ports: Object.fromEntries(servers.map(({ track, port }) => [track.name, port])),
    split: strategy.opening(policy),
    ...(preview && { preview: preview.track }),
    ...(stickyUsers && { salt: plan.name }),
    bounds,
    countedPath: inferencePath(plan.name),
    faults,
    machine,
    random: randomStream(settings.seed, "split"),
    mirrorRandom: randomStream(settings.seed, "mirrors"),
  });
  cleanup.add(() => router.close());
  const traffic = new Traffic({
    port: router.port,
    model: plan.name,
    samples,
    settings,
    feedbackDelayMs: clock.wallMilliseconds(settings.labelDelay),
    onRefused: listeners.onBroken,
  });
  const path = inferencePath(plan.name);
  await Promise.all(servers.map((server) => validate(server, path, samples, traffic.ledger)));
  const watched = servers.map((server) => ({ server, replicas: replicasOf(plan, server.track) }));
  const smokeTests = smokeTestsOf({ preview, port: router.port, path, samples, bounds, machine });
  for (const test of Object.values(smokeTests)) cleanup.add(() => test.stop());
  const observer = new Observer(watched, router, smokeTests, listeners.onRead);
  const { ledger } = traffic;
  const { onEvent } = listeners;
  const faultAt = firstFault(settings, (word) => trackOf(word) !== planned[0]?.name);
  const { users } = traffic;
  const run = new RolloutRun({ strategy, policy, clock, router, observer, ledger, users, faultAt, onEvent });
  const hashes = await Promise.all(models.map(fileSha256));
  const tracks = servers.map((server, index) => ({
    name: server.track.name,
    version: server.track.version,
    role: roleOf(policy, server.track),
    server,
    sha256: hashes[index] as string,
  })) as [RigTrack, ...RigTrack[]];
  const missing = new Set(containers.flatMap((container) => container.missing));
  const notes = [...missing].map((each) => `The servers ran without ${each}.`);
  return { strategy, policy, tracks, clock, faults, router, traffic, smokeTests, observer, run, notes };
}

interface SmokeTestOrder {
  readonly preview: Requirements["preview"];
  readonly port: number;
  readonly path: string;
  readonly samples: Samples;
  readonly bounds: readonly number[];
  readonly machine: BusyMachine;
}

/** The smoke tests that a policy waits for, by track name. */
function smokeTestsOf({ preview, port, path, samples, bounds, machine }: SmokeTestOrder): Record<string, SmokeTest> {
  if (preview === undefined) return {};
  const caller = new Caller(port, { host: PREVIEW_HOST });
  const { track, smokeTest } = preview;
  const { requests, latencyP95Seconds, healthPath } = smokeTest;
  const ownBounds = [...new Set([...bounds, latencyP95Seconds])].sort((a, b) => a - b);
  return {
    [track]: new SmokeTest({
      caller,
      path,
      healthPath,
      samples,
      requests,
      bounds: ownBounds,
      track,
      machine,
    }),
  };
}

/** Milliseconds that are a small part of the latencies that any gate tells apart. */
function harmlessWait(gates: readonly Gate[]): number {
  const floors = gates.map((gate) => (gate.kind === "latency-comparison" ? gate.floorSeconds : Infinity));
  const least = Math.min(...floors, objectivesOf(gates).latencySeconds ?? Infinity);
  return Number.isFinite(least) ? (least * 1000) / 5 : 0;
}

function trackNamed(plan: Plan, name: string): Track {
  const track = plan.tracks.find((each) => each.name === name);
  if (track === undefined) throw new Error(`the plan has no track ${name}`);
  return track;
}

/** When the first fault begins of those whose track counts. */
function firstFault({ faults }: RehearsalSettings, counts: (track: string) => boolean): number | undefined {
  const times = faults.filter(({ track }) => counts(track)).map(({ at }) => at);
  return times.length === 0 ? undefined : Math.min(...times);
}
