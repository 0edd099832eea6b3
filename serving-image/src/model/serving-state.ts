import { HttpError } from "../core/http-error";
import type { ModelVersion } from "./model-version";
import { newestFirst } from "./newest-first";

/** The models that the server serves, and whether it should receive requests. */
export class ServingState {
  /** The versions of each model, newest first. The lists are never mutated. */
  private readonly models = new Map<string, readonly ModelVersion[]>();
  private isStopping = false;

  /** Adds a model version; it replaces another of the same name and version. */
  add(version: ModelVersion): void {
    const versions = [...this.othersThan(version), version];
    this.models.set(
      version.model,
      newestFirst(versions, (one) => one.version),
    );
  }

  remove(version: ModelVersion): void {
    const versions = this.othersThan(version);
    if (versions.length === 0) this.models.delete(version.model);
    else this.models.set(version.model, versions);
  }

  /** Becomes not ready. Requests that still arrive are answered. */
  stop(): void {
    this.isStopping = true;
    for (const version of this.all()) version.metrics.neverReady();
  }

  /** Why the server should receive no requests; undefined while it is ready. */
  get notReadyReason(): string | undefined {
    if (this.isStopping) return "the server is stopping";
    for (const { notReadyReason: notReadyBecause } of this.all())
      if (notReadyBecause !== undefined) return notReadyBecause;
    return undefined;
  }

  /** Why one model version should receive no requests; undefined while it is ready. */
  notReadyReasonOf(version: ModelVersion): string | undefined {
    return this.isStopping ? "the server is stopping" : version.notReadyReason;
  }

  /** Every model version, ready or not. */
  all(): ModelVersion[] {
    return [...this.models.values()].flat();
  }

  names(): string[] {
    return [...this.models.keys()];
  }

  /** The versions of a model, newest first; throws for an unknown name. */
  versionsOf(model: string): readonly ModelVersion[] {
    const versions = this.models.get(model);
    if (versions) return versions;
    throw new HttpError(404, `Model "${model}" is unknown; this server has "${this.names().join('", "')}".`);
  }

  /** Finds a model version by name and optional version. The default is the newest loaded one, or else the newest. */
  find([model = "", version]: readonly string[]): ModelVersion {
    const versions = this.versionsOf(model);
    const found =
      version === undefined
        ? (versions.find(({ isLoaded }) => isLoaded) ?? versions[0])
        : versions.find((one) => one.version === version);
    if (found) return found;
    const known = versions.map((one) => one.version).join('", "');
    throw new HttpError(404, `Version "${version}" of model "${model}" is unknown; this server has "${known}".`);
  }

  private othersThan({ model, version }: ModelVersion): readonly ModelVersion[] {
    return (this.models.get(model) ?? []).filter((one) => one.version !== version);
  }
}
