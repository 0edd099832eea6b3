import { setTimeout as delay } from "node:timers/promises";
import type { ModelCache } from "../cache/model-cache";
import type { PredictionCache } from "../cache/prediction-cache";
import type { ModelConfig, ServerConfig } from "../config/settings";
import type { Log } from "../core/log";
import { Refusal } from "../core/refusal";
import { reasonOf } from "../core/start-up-error";
import type { Faults } from "../faults/faults";
import type { Metrics } from "../observability/metrics";
import { InferAnswerWriter } from "../protocol/infer-answer";
import { InferRequestReader } from "../protocol/infer-request";
import { Batcher } from "./batcher";
import { placeModel } from "./files/place-model";
import { type LoadedModel, loadModel } from "./load-model";
import { ModelVersion } from "./model-version";
import { PredictionIds } from "./prediction-id";
import { Repository } from "./repository";
import type { ServingState } from "./serving-state";

/** A model version as the index of the repository lists it. */
export interface IndexEntry {
  readonly name: string;
  readonly version: string;
  readonly state: "READY" | "LOADING" | "UNAVAILABLE";
  /** Why it is not ready. */
  readonly reason: string;
}

/** How long after the last look for requests that still need a model version the next one is. */
const LOOK_EVERY_MS = 10;

/** Brings model versions into service, and takes them out of it, without losing a request. */
export class ModelHost {
  private readonly repository: Repository;
  private readonly ids: PredictionIds;
  /** Why versions are not served that could be, by name and version. */
  private readonly reasons = new Map<string, string>();
  /** Absent where there is none, and before the server has started. */
  private cache: PredictionCache | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly config: ServerConfig,
    private readonly state: ServingState,
    private readonly metrics: Metrics,
    private readonly log: Log,
    private readonly signal: AbortSignal,
    private readonly faults?: Faults,
  ) {
    this.ids = new PredictionIds(config.predictionSecrets);
    this.repository = new Repository(config.repository.root);
    for (const model of config.models) state.add(this.create(model));
  }

  /** Loads every model of the settings. */
  async start(): Promise<void> {
    await this.openCache();
    await this.inTurn(async () => {
      for (const model of this.config.models) {
        const version = this.state.find([model.name, model.version]);
        const sha256 = await this.serve(model, version);
        if (this.signal.aborted) return;
        this.log.info({ model: model.name, version: model.version, sha256 }, "ready");
      }
    });
  }

  close(): void {
    this.cache?.close();
  }

  /** Everything that is served or could be. */
  async index(): Promise<IndexEntry[]> {
    const entries = new Map<string, IndexEntry>();
    for (const found of this.state.all()) {
      const reason = this.state.notReadyBecauseOf(found);
      const state = reason === undefined ? "READY" : found.isLoaded ? "UNAVAILABLE" : "LOADING";
      const { model: name, version } = found;
      entries.set(keyOf(name, version), { name, version, state, reason: reason ?? "" });
    }
    for (const name of await this.repository.models()) {
      for (const version of await this.repository.versionsOf(name)) {
        const key = keyOf(name, version);
        const reason = this.reasons.get(key) ?? "not loaded";
        if (!entries.has(key)) entries.set(key, { name, version, state: "UNAVAILABLE", reason });
      }
    }
    return [...entries.values()];
  }

  /**
   * Loads what is new of a model: the versions of the settings whose file has changed, and the newest version in the
   * repository, which takes the place of the others that came from there. Whatever fails, the old versions serve on.
   */
  load(model: string): Promise<void> {
    return this.inTurn(async () => {
      const configured = this.config.models.filter(({ name }) => name === model);
      const [newest] = await this.repository.versionsOf(model);
      const isNew = newest !== undefined && !configured.some(({ version }) => version === newest);
      const like = configured[0] ?? { threads: this.config.models[0]?.threads ?? 1, cache: true };
      const wanted = isNew ? [...configured, await this.repository.configOf(model, newest, like)] : configured;
      if (wanted.length === 0) {
        throw new Refusal(404, `Model "${model}" is not in the repository: there is no <version>/model.onnx of it.`);
      }
      for (const one of wanted) await this.refresh(one);
      const kept = new Set(wanted.map(({ version }) => version));
      for (const old of this.known(model))
        if (!kept.has(old.version)) await this.retire(old, "a newer one took its place");
    });
  }

  /** Takes every version of a model out of service. */
  unload(model: string): Promise<void> {
    return this.inTurn(async () => {
      for (const version of this.state.versionsOf(model)) await this.retire(version, "unloaded");
    });
  }

  /** One change of what is served at a time. */
  private inTurn(change: () => Promise<void>): Promise<void> {
    const result = this.turn.then(change);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private known(model: string): ModelVersion[] {
    return this.state.all().filter((one) => one.model === model);
  }

  private create({ name, version }: ModelConfig): ModelVersion {
    return new ModelVersion(name, version, this.metrics.of(name, version));
  }

  private async refresh(model: ModelConfig): Promise<void> {
    const { name, version } = model;
    const known = this.known(name).find((one) => one.version === version);
    const target = known ?? this.create(model);
    try {
      const sha256 = await this.serve(model, target);
      this.state.add(target);
      this.reasons.delete(keyOf(name, version));
      this.log.info({ model: name, version, sha256 }, "ready");
    } catch (error) {
      const reason = reasonOf(error);
      this.reasons.set(keyOf(name, version), reason);
      this.log.error({ model: name, version, reason }, "a model version could not be loaded; what was served is kept");
      throw new Refusal(400, `Version "${version}" of model "${name}" could not be loaded: ${reason}.`);
    }
  }

  /** Loads a model version, and lets it answer from then on; resolves with the sum of its file. */
  private async serve(model: ModelConfig, version: ModelVersion): Promise<string> {
    version.loading("the model file is being fetched");
    const { download, signature } = this.config;
    const isInUse = (name: string, number: string): boolean => this.isInUse(name, number);
    const parts = { download, signature, isInUse, log: this.log, signal: this.signal };
    const placed = await placeModel(model, parts);
    const { sha256 } = placed;
    if (version.sha256 === sha256) {
      await placed.keep();
      return sha256;
    }
    version.loading("the model is being loaded");
    const loaded = await loadModel(placed, model, this.config, this.log).catch(async (error: unknown) => {
      await placed.undo();
      throw error;
    });
    await placed.keep();
    if (this.signal.aborted) return sha256;
    const { session, plan } = loaded;
    const cache = await this.cacheOf(model, sha256, version, loaded);
    const replaced = version.serve({
      sha256,
      signature: session.signature,
      plan,
      batcher: new Batcher(session, plan.maxRows, this.config.batching, version.metrics),
      requests: new InferRequestReader(session.signature, plan.isBatched, this.config.limits),
      answers: new InferAnswerWriter(model.name, model.version),
      newId: this.ids.maker(model.name, model.version),
      ...(this.faults && { faults: this.faults }),
      ...(cache && { cache }),
    });
    if (replaced) void this.closeWhenDone(replaced.batcher, () => replaced.cache?.isIdle ?? true);
    return sha256;
  }

  /** Without one, the server does not even read the code. */
  private async openCache(): Promise<void> {
    if (!this.config.cache) return;
    const { PredictionCache } = await import("../cache/prediction-cache.js");
    const { registerCacheMetrics } = await import("../cache/cache-metrics.js");
    this.cache = await PredictionCache.open(this.config.cache, this.log);
    registerCacheMetrics(this.metrics.registry, () => this.metrics.all());
  }

  private async cacheOf(
    model: ModelConfig,
    sha256: string,
    { metrics }: ModelVersion,
    { session, plan, sample, runSeconds }: LoadedModel,
  ): Promise<ModelCache | undefined> {
    if (!this.cache || !model.cache) return undefined;
    const tally = metrics.statistics.cache;
    const cache = this.cache.of({ model, sha256, signature: session.signature, tally });
    const { adviseOnCache } = await import("./cache-advice.js");
    await adviseOnCache(cache, { session, sample, runSeconds, rows: plan.maxRows }, this.log);
    return cache;
  }

  private isInUse(model: string, version: string): boolean {
    const isIt = (one: { name: string; version: string }): boolean => one.name === model && one.version === version;
    return this.config.models.some(isIt) || this.known(model).some((one) => one.version === version);
  }

  private async retire(version: ModelVersion, reason: string): Promise<void> {
    const { model, version: number, metrics } = version;
    this.state.remove(version);
    metrics.neverReady();
    this.reasons.set(keyOf(model, number), reason);
    this.log.info({ model, version: number, reason }, "out of service");
    // A request that has found it may still be sending its body.
    if (version.isLoaded) void this.closeWhenDone(version.current().batcher, () => metrics.inFlight === 0);
  }

  private async closeWhenDone(batcher: Batcher, isLeft: () => boolean): Promise<void> {
    while (!batcher.isIdle || !isLeft()) await delay(LOOK_EVERY_MS);
    await batcher.close();
  }
}

function keyOf(model: string, version: string): string {
  return `${model} ${version}`;
}
