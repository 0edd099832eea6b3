import { setTimeout as delay } from "node:timers/promises";
import type { ModelCache } from "../cache/model-cache";
import type { PredictionCache } from "../cache/prediction-cache";
import type { ModelConfig, ServerConfig } from "../config/settings";
import { HttpError } from "../core/http-error";
import type { Log } from "../core/log";
import { reasonOf } from "../core/start-up-error";
import type { FaultInjector } from "../faults/fault-injector";
import type { Metrics } from "../observability/metrics";
import { InferRequestReader } from "../protocol/infer-request";
import { InferResponseWriter } from "../protocol/infer-response";
import { rejectNonFiniteOutputs } from "../protocol/non-finite";
import { Batcher } from "./batcher";
import { installModel } from "./files/install-model";
import { type LoadedModel, loadModel } from "./load-model";
import { MemoryBudget } from "./memory/memory-budget";
import { RunReservations } from "./memory/run-reservations";
import { usedBytes } from "./memory/used-bytes";
import { ModelRepository } from "./model-repository";
import { ModelVersion } from "./model-version";
import { PredictionIds } from "./prediction-id";
import type { ServedModel } from "./served-model";
import type { ServingState } from "./serving-state";

/** A model version as the index of the repository lists it. */
export interface IndexEntry {
  readonly name: string;
  readonly version: string;
  readonly state: "READY" | "LOADING" | "UNAVAILABLE";
  /** Why it is not ready. */
  readonly reason: string;
}

/** How often a replaced version is checked for requests that still need it. */
const POLL_MS = 10;

/** Settings of a model that only the repository knows. */
const DEFAULTS = { threads: 1, cache: true, warmUp: { enabled: true } };

/** Loads and unloads model versions without losing a request. */
export class ModelHost {
  private readonly repository: ModelRepository;
  private readonly ids: PredictionIds;
  /** Why a version is not served, by name and version. */
  private readonly reasons = new Map<string, string>();
  /** Undefined until the server has started, or if no cache is configured. */
  private cache: PredictionCache | undefined;
  private readonly budget: MemoryBudget;
  private lastChange: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly config: ServerConfig,
    private readonly state: ServingState,
    private readonly metrics: Metrics,
    private readonly log: Log,
    private readonly signal: AbortSignal,
    private readonly faults?: FaultInjector,
  ) {
    this.ids = new PredictionIds(config.predictionSecrets);
    this.budget = new MemoryBudget(config.limits.memoryBytes);
    this.repository = new ModelRepository(config.repository.root, log);
    for (const model of config.models) state.add(this.create(model));
  }

  /** Loads the models of the settings. */
  async start(): Promise<void> {
    await this.openCache();
    await this.serialize(async () => {
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

  /** The versions that are served or could be. */
  async index(): Promise<IndexEntry[]> {
    const entries = new Map<string, IndexEntry>();
    for (const found of this.state.all()) {
      const reason = this.state.notReadyReasonOf(found);
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
   * Loads the new versions of a model: those of the settings whose file has changed, and the newest one in the repository,
   * which replaces the older ones from there. If a version fails to load, the old ones keep serving.
   */
  load(model: string): Promise<void> {
    return this.serialize(async () => {
      const configured = this.config.models.filter(({ name }) => name === model);
      const [newest] = await this.repository.versionsOf(model);
      const isNew = newest !== undefined && !configured.some(({ version }) => version === newest);
      const like = configured[0] ?? { ...DEFAULTS, threads: this.config.models[0]?.threads ?? 1 };
      const wanted = isNew ? [...configured, await this.configOf(model, newest, like)] : configured;
      if (wanted.length === 0) {
        const message = `Model "${model}" is not in the repository: it has no <version>/model.onnx there`;
        throw new HttpError(404, `${message}, with a whole number or a semantic version.`);
      }
      for (const one of wanted) await this.refresh(one);
      const kept = new Set(wanted.map(({ version }) => version));
      for (const old of this.known(model))
        if (!kept.has(old.version)) await this.retire(old, "replaced by a newer version");
    });
  }

  /** Stops serving every version of a model. */
  unload(model: string): Promise<void> {
    return this.serialize(async () => {
      for (const version of this.state.versionsOf(model)) await this.retire(version, "unloaded");
    });
  }

  /** Runs one change at a time. */
  private serialize(change: () => Promise<void>): Promise<void> {
    const result = this.lastChange.then(change);
    this.lastChange = result.catch(() => undefined);
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
      throw this.notLoaded(name, version, error);
    }
  }

  private notLoaded(model: string, version: string, error: unknown): HttpError {
    const reason = reasonOf(error);
    this.reasons.set(keyOf(model, version), reason);
    this.log.error({ model, version, reason }, "a model version could not be loaded; the old version is kept");
    return new HttpError(400, `Version "${version}" of model "${model}" could not be loaded: ${reason}.`);
  }

  private async configOf(
    model: string,
    version: string,
    like: Pick<ModelConfig, "threads" | "cache" | "warmUp">,
  ): Promise<ModelConfig> {
    return this.repository.configOf(model, version, like).catch((error: unknown) => {
      throw this.notLoaded(model, version, error);
    });
  }

  /** Loads a model version and starts to serve it. Resolves with the SHA-256 of its file. */
  private async serve(model: ModelConfig, version: ModelVersion): Promise<string> {
    version.loading("the model file is being fetched");
    const { download, signature } = this.config;
    const isInUse = (name: string, number: string): boolean => this.isInUse(name, number);
    const options = { download, signature, isInUse, log: this.log, signal: this.signal };
    const installed = await installModel(model, options);
    const { sha256 } = installed;
    if (version.sha256 === sha256) {
      await Promise.all([installed.commit(), installed.release()]);
      return sha256;
    }
    version.loading("the model is being loaded");
    const loaded = await loadModel(installed, model, this.config, this.budget, this.log).catch(
      async (error: unknown) => {
        await Promise.all([installed.rollBack(), installed.release()]);
        throw error;
      },
    );
    await installed.commit();
    if (this.signal.aborted) return sha256;
    const { session, plan, measured } = loaded;
    const memory = measured?.memory;
    this.budget.add(usedBytes(), memory?.firstRowBytes ?? 0);
    const runs = memory && new RunReservations(this.budget, memory, this.config.batching.maxBatchBytes);
    const cache = await this.cacheOf(model, sha256, version, loaded);
    const replaced = version.serve({
      sha256,
      signature: session.signature,
      plan,
      batcher: new Batcher(session, plan, this.config.batching, version.metrics, { budget: this.budget, runs }),
      requests: new InferRequestReader(session.signature, plan.isBatched, this.config.limits),
      responses: new InferResponseWriter(model.name, model.version),
      checkPrediction: this.config.limits.notFinite === "refuse" ? rejectNonFiniteOutputs : undefined,
      newPredictionId: this.ids.maker(model.name, model.version),
      ...(this.faults && { faults: this.faults }),
      ...(cache && { cache }),
      release: installed.release,
    });
    if (replaced) void this.closeWhenDone(replaced, () => replaced.cache?.isIdle ?? true);
    return sha256;
  }

  /** The code of the cache is only loaded if one is configured. */
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
    { session, measured, randomOperator }: LoadedModel,
  ): Promise<ModelCache | undefined> {
    if (!this.cache || !model.cache) return undefined;
    if (randomOperator !== undefined) {
      const reason = `its operator ${randomOperator} may give other outputs for the same inputs`;
      this.log.info({ model: model.name, version: model.version, reason }, "the model is not cached");
      return undefined;
    }
    const tally = metrics.statistics.cache;
    const cache = this.cache.of({ model, sha256, signature: session.signature, tally });
    if (measured) {
      const { warnIfCacheIsSlower: adviseOnCache } = await import("./cache-advice.js");
      const { sample, runSeconds, plan } = measured;
      await adviseOnCache(cache, { session, sample, runSeconds, rows: plan.maxRows }, this.log);
    }
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
    // A request that was routed to it may still be sending its body.
    if (version.isLoaded) void this.closeWhenDone(version.current(), () => metrics.inFlight === 0);
  }

  private async closeWhenDone({ batcher, release }: ServedModel, isLeft: () => boolean): Promise<void> {
    while (!batcher.isIdle || !isLeft()) await delay(POLL_MS);
    await batcher.close();
    await release();
  }
}

function keyOf(model: string, version: string): string {
  return `${model} ${version}`;
}
