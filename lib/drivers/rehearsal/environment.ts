import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { latencyBounds } from "../../core/contract";
import type { Plan, Track } from "../../core/plan";
import type { RolloutEvent } from "../../strategies/decision";
import { strategyOf, type RolloutPolicy } from "../../strategies/registry";
import type { Strategy } from "../../strategies/strategy";
import { runtimeOfPlan } from "../../runtimes/registry";
import type { LocalRuntime } from "../../runtimes/runtime";
import type { DriverError } from "../common/driver-error";
import { inferencePath } from "../protocol/inference-path";
import { localRuntime, servingProgram } from "../server-process/serving-program";
import type { Cleanup } from "./cleanup";
import { RolloutClock } from "./clock";
import { deadlineSeconds } from "./deadline";
import { CpuContention } from "./gateway/cpu-contention";
import { FaultInjector } from "./gateway/fault-injector";
import { PREVIEW_HOST, Router } from "./gateway/router";
import { gateLabels, negligibleLatencyMs, objectivesOf } from "./gates";
import { randomStream } from "../../core/random";
import { RolloutRun } from "./rollout-run";
import { minReplicasOf, readContainer, withFiles, type Container } from "./servers/container";
import { checkModelFiles, servedSha256 } from "./servers/model-files";
import type { ModelServer } from "./servers/model-server";
import { Observer, SCRAPE_PERIOD_MS } from "./servers/observer";
import { startServers } from "./servers/start-servers";
import type { RehearsalSettings } from "./settings";
import { findTracks, roleOf } from "./track-roles";
import { Caller } from "./traffic/caller";
import { readSamples, type Samples } from "./traffic/samples";
import { SmokeTest } from "./traffic/smoke-test";
import { Traffic } from "./traffic/traffic";
import { validateServer } from "./traffic/validation";

/** What to rehearse, and how. */
export interface RehearsalRequest {
  readonly plan: Plan<RolloutPolicy>;
  readonly settings: RehearsalSettings;
  /** Ends the rehearsal early. */
  readonly signal: AbortSignal;
}

/** A track and the server that runs it. */
export interface ServedTrack {
  readonly name: string;
  readonly version: string;
  /** Such as `canary`. */
  readonly role: string;
  readonly server: ModelServer;
  /** Of the model file. */
  readonly sha256: string;
}

/** Everything that a rehearsal runs with, started and connected. */
export interface RehearsalEnvironment {
  readonly strategy: Strategy<RolloutPolicy, unknown>;
  readonly policy: RolloutPolicy;
  /** The first is the baseline, which serves before the rollout and gets all traffic back; the others are candidates. */
  readonly tracks: readonly [ServedTrack, ...ServedTrack[]];
  readonly clock: RolloutClock;
  readonly faults: FaultInjector;
  readonly router: Router;
  readonly traffic: Traffic;
  /** By the name of the track that each tests. */
  readonly smokeTests: Readonly<Record<string, SmokeTest>>;
  readonly observer: Observer;
  readonly run: RolloutRun;
  /** What a reader of the report should know about this machine and these servers. */
  readonly notes: string[];
}

/** Callbacks for what happens in the environment. */
interface RehearsalListeners {
  /** All files were found, and the servers are being started. */
  readonly onStart: () => void;
  /** The servers' metrics were read again. */
  readonly onRead: () => void;
  readonly onEvent: (event: RolloutEvent) => void;
  readonly onError: (error: DriverError) => void;
}

/** What setting up derives from the request before anything is started. */
interface Preparation extends RehearsalRequest, Pick<RehearsalEnvironment, "strategy" | "policy" | "clock" | "faults"> {
  readonly runtime: LocalRuntime;
  readonly planned: readonly Track[];
  readonly containers: readonly Container[];
  readonly samples: Samples;
  /** Path of an inference. */
  readonly path: string;
  /** Bounds of the latency histograms, in seconds. */
  readonly bounds: readonly number[];
}

/** Starts the servers and connects router, callers, observer and policy to them. */
export async function setUp(
  request: RehearsalRequest,
  cleanup: Cleanup,
  listeners: RehearsalListeners,
): Promise<RehearsalEnvironment> {
  const prepared = prepare(request);
  const { strategy, policy, clock, faults, path, samples } = prepared;
  listeners.onStart();
  const servers = await startAll(prepared, cleanup);
  const contention = new CpuContention(servers, negligibleLatencyMs(strategy.gates(policy)), cleanup);
  const router = await openRouter(prepared, servers, contention, cleanup);
  const traffic = createTraffic(prepared, router, listeners);
  await Promise.all(servers.map((server) => validateServer(server, path, samples, traffic.ledger)));
  const smokeTests = createSmokeTests(prepared, router, contention, cleanup);
  const observer = createObserver(prepared, servers, router, smokeTests, listeners);
  const run = createRun(prepared, { router, observer, traffic }, listeners);
  const tracks = await servedTracks(prepared, servers);
  const notes = notesOn(prepared.containers);
  return { strategy, policy, tracks, clock, faults, router, traffic, smokeTests, observer, run, notes };
}

function prepare(request: RehearsalRequest): Preparation {
  const { plan, settings } = request;
  const runtime = localRuntime(runtimeOfPlan(plan));
  const declared = plan.policy as RolloutPolicy;
  const strategy = strategyOf(declared);
  const policy: RolloutPolicy = {
    ...strategy.onFasterClock(declared, settings.speed),
    // Servers are scraped in real time, and the policy's clock is faster.
    scrapeSeconds: (SCRAPE_PERIOD_MS / 1000) * settings.speed,
    deadlineSeconds: deadlineSeconds(strategy, declared, settings),
  };
  const planned = strategy.tracks(policy).map((name) => trackNamed(plan, name));
  checkModelFiles(planned, settings.models);
  const clock = new RolloutClock(settings.speed);
  const tracksOf = (name: string) => findTracks(name, planned, policy).map((track) => track.name);
  return {
    ...request,
    runtime,
    strategy,
    policy,
    clock,
    planned,
    faults: new FaultInjector(settings.faults, tracksOf, clock, randomStream(settings.seed, "faults")),
    samples: readSamples(settings.samples),
    containers: planned.map((track) => containerOnClock(readContainer(plan, track), runtime, clock)),
    path: inferencePath(plan.name),
    bounds: latencyBounds(objectivesOf(strategy.gates(policy)).latencySeconds),
  };
}

/** The container with times of the rollout in its files that pass as fast as the rollout's clock. */
function containerOnClock(container: Container, { localProgram }: LocalRuntime, { speed }: RolloutClock): Container {
  return withFiles(container, (path, text) => localProgram.fileOnFasterClock?.(path, text, speed) ?? text);
}

function startAll({ runtime, strategy, policy, settings, containers, faults, signal }: Preparation, cleanup: Cleanup) {
  const { comparedTrack } = strategy.requirements(policy);
  const options = {
    containers,
    runtime,
    program: servingProgram(runtime, dirname(settings.samples)),
    models: settings.models,
    allowFaults: (track: string) => faults.corruptsPredictions(track),
    samplesUri: pathToFileURL(settings.samples).href,
    feedbackSecret: randomUUID(),
    ...(comparedTrack !== undefined && { compared: comparedTrack }),
    signal,
  };
  return startServers(options, cleanup);
}

async function openRouter(
  { strategy, policy, plan, settings, faults, path, bounds }: Preparation,
  servers: readonly ModelServer[],
  contention: CpuContention,
  cleanup: Cleanup,
): Promise<Router> {
  const { preview, stickyUsers } = strategy.requirements(policy);
  const router = await Router.open({
    ports: Object.fromEntries(servers.map(({ track, port }) => [track.name, port])),
    split: strategy.opening(policy),
    ...(preview && { preview: preview.track }),
    ...(stickyUsers && { salt: plan.name }),
    bounds,
    countedPath: path,
    faults,
    contention,
    random: randomStream(settings.seed, "split"),
    mirrorRandom: randomStream(settings.seed, "mirrors"),
  });
  cleanup.add(() => router.close());
  return router;
}

function createTraffic(
  { plan, runtime, settings, samples, clock }: Preparation,
  { port }: Router,
  listeners: RehearsalListeners,
) {
  return new Traffic({
    port,
    model: plan.name,
    runtime,
    samples,
    settings,
    feedbackDelayMs: clock.wallMilliseconds(settings.labelDelay),
    onRejected: listeners.onError,
  });
}

/** The smoke tests that the strategy requires, by track name. */
function createSmokeTests(
  { strategy, policy, path, samples, bounds }: Preparation,
  { port }: Router,
  contention: CpuContention,
  cleanup: Cleanup,
): Record<string, SmokeTest> {
  const { preview } = strategy.requirements(policy);
  if (preview === undefined) return {};
  const { track } = preview;
  const { requests, latencyP95Seconds, healthPath } = preview.smokeTest;
  const ownBounds = [...new Set([...bounds, latencyP95Seconds])].sort((a, b) => a - b);
  const caller = new Caller(port, { host: PREVIEW_HOST });
  const test = new SmokeTest({ caller, path, healthPath, samples, requests, bounds: ownBounds, track, contention });
  cleanup.add(() => test.stop());
  return { [track]: test };
}

function createObserver(
  { plan }: Preparation,
  servers: readonly ModelServer[],
  router: Router,
  smokeTests: Readonly<Record<string, SmokeTest>>,
  { onRead }: RehearsalListeners,
): Observer {
  const scraped = servers.map((server) => ({ server, replicas: minReplicasOf(plan, server.track) }));
  return new Observer(scraped, router, smokeTests, onRead);
}

function createRun(
  { strategy, policy, planned, faults, clock }: Preparation,
  { router, observer, traffic }: Pick<RehearsalEnvironment, "router" | "observer" | "traffic">,
  { onEvent }: RehearsalListeners,
): RolloutRun {
  const [baseline, ...candidates] = planned as [Track, ...Track[]];
  return new RolloutRun({
    strategy,
    policy,
    gateLabels: gateLabels(strategy.gates(policy), baseline, candidates),
    clock,
    router,
    observer,
    ledger: traffic.ledger,
    users: traffic.users,
    faultAt: faults.firstAt(candidates.map(({ name }) => name)),
    onEvent,
  });
}

async function servedTracks({ plan, policy, settings }: Preparation, servers: readonly ModelServer[]) {
  const tracks = servers.map(async (server): Promise<ServedTrack> => {
    const { name, version } = server.track;
    const sha256 = await servedSha256(server, plan.name, settings.models[version] as string);
    return { name, version, role: roleOf(policy, server.track), server, sha256 };
  });
  return (await Promise.all(tracks)) as [ServedTrack, ...ServedTrack[]];
}

function notesOn(containers: readonly Container[]): string[] {
  const missing = new Set(containers.flatMap((container) => container.missing));
  return [...missing].map((each) => `The servers ran without ${each}.`);
}

function trackNamed(plan: Plan, name: string): Track {
  const track = plan.tracks.find((each) => each.name === name);
  if (track === undefined) throw new Error(`the plan has no track ${name}`);
  return track;
}
