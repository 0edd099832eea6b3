import { Refusal } from "../core/refusal";
import type { ModelVersion } from "./model-version";
import { newestFirst } from "./newest-first";

/** What the server serves at the moment, and whether requests should be sent to it. */
export class ServingState {
  /** The versions of each model, the newest first; a change makes a new list. */
  private readonly models = new Map<string, readonly ModelVersion[]>();
  private isStopping = false;

  /** Gives a model version its place, where it can be asked for; another of the same name and version makes room. */
  add(version: ModelVersion): void {
    const versions = [...this.othersThan(version), version];
    this.models.set(
      version.model,
      newestFirst(versions, (one) => one.version),
    );
  }

  /** Takes a model version out: nobody finds it any more. */
  remove(version: ModelVersion): void {
    const versions = this.othersThan(version);
    if (versions.length === 0) this.models.delete(version.model);
    else this.models.set(version.model, versions);
  }

  /** From now on every request should be sent elsewhere; those that come all the same are answered. */
  stop(): void {
    this.isStopping = true;
    for (const version of this.all()) version.metrics.neverReady();
  }

  /** Why no requests should be sent here; undefined while they may. */
  get notReadyBecause(): string | undefined {
    if (this.isStopping) return "the server is stopping";
    for (const { notReadyBecause } of this.all()) if (notReadyBecause !== undefined) return notReadyBecause;
    return undefined;
  }

  /** Why no requests should be sent to one model version. */
  notReadyBecauseOf(version: ModelVersion): string | undefined {
    return this.isStopping ? "the server is stopping" : version.notReadyBecause;
  }

  /** Every model version, ready or not. */
  all(): ModelVersion[] {
    return [...this.models.values()].flat();
  }

  /** The names of the models. */
  names(): string[] {
    return [...this.models.keys()];
  }

  /** The versions of a model, the newest first; refuses a name that is not known here. */
  versionsOf(model: string): readonly ModelVersion[] {
    const versions = this.models.get(model);
    if (versions) return versions;
    throw new Refusal(404, `Model "${model}" is unknown; this server has "${this.names().join('", "')}".`);
  }

  /** What a path names: a model and perhaps a version. Without one it is the newest that is loaded, or else the newest. */
  find([model = "", version]: readonly string[]): ModelVersion {
    const versions = this.versionsOf(model);
    const found =
      version === undefined
        ? (versions.find(({ isLoaded }) => isLoaded) ?? versions[0])
        : versions.find((one) => one.version === version);
    if (found) return found;
    const known = versions.map((one) => one.version).join('", "');
    throw new Refusal(404, `Version "${version}" of model "${model}" is unknown; this server has "${known}".`);
  }

  private othersThan({ model, version }: ModelVersion): readonly ModelVersion[] {
    return (this.models.get(model) ?? []).filter((one) => one.version !== version);
  }
}
