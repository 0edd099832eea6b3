import type { DownloadConfig, SignatureConfig } from "../../config/settings";
import type { Log } from "../../core/log";

/** A model that is ready to be loaded, at `<root>/<model>/<version>/model.onnx` or as a private copy of it. */
export interface InstalledModel {
  readonly path: string;
  /** Of its file, or of the manifest if it has external data. */
  readonly sha256: string;
  /** Keeps the files: those that they replaced are not needed any more. */
  commit(): Promise<void>;
  /** Restores the files that they replaced, since the new ones cannot be served. */
  rollBack(): Promise<void>;
  /** Deletes what is only needed while the model is served. */
  release(): Promise<void>;
}

export interface InstallOptions {
  readonly download: DownloadConfig;
  readonly signature: SignatureConfig;
  /** Whether a model version is served, or about to be. */
  readonly isInUse: (model: string, version: string) => boolean;
  readonly log: Log;
  readonly signal: AbortSignal;
}
