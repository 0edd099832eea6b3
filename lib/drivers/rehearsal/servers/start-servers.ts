import type { LocalRuntime } from "../../../runtimes/runtime";
import type { Cleanup } from "../cleanup";
import type { Container } from "./container";
import { ModelServer } from "./model-server";
import { createScratchFolder, Sandbox } from "./sandbox";

/** How the servers are started. */
interface StartServersOptions {
  readonly containers: readonly Container[];
  readonly runtime: LocalRuntime;
  /** Path of the program that the image runs. */
  readonly program: string;
  /** Model files by version. */
  readonly models: Readonly<Record<string, string>>;
  /** Whether the predictions of a track's server can be corrupted by a fault. */
  readonly allowFaults: (track: string) => boolean;
  /** URI of the recorded requests. */
  readonly samplesUri: string;
  /** All servers sign their predictions with it, so that each recognizes feedback on the predictions of any. */
  readonly feedbackSecret: string;
  /** Track whose predictions are compared with the first track's. */
  readonly compared?: string;
  readonly signal: AbortSignal;
}

/**
 * Starts all servers at once, in the order of their containers; if one fails, the others are not awaited. The server of a
 * compared track needs the address of the first track's.
 */
export async function startServers(options: StartServersOptions, cleanup: Cleanup): Promise<ModelServer[]> {
  const { containers, runtime, program, models, feedbackSecret, samplesUri } = options;
  const scratch = createScratchFolder(cleanup);
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const start = (container: Container, live?: ModelServer) => {
    const local = { feedbackSecret, samplesUri, ...(live && { liveUrl: `http://127.0.0.1:${live.port}` }) };
    const sandbox = new Sandbox(container, scratch);
    const allowFaults = options.allowFaults(container.track.name);
    const modelFile = models[container.track.version] as string;
    return ModelServer.start({ container, sandbox, runtime, program, modelFile, allowFaults, local, cleanup, signal });
  };
  try {
    const [first, ...others] = containers;
    const baseline = first && start(first);
    const startCandidate = async (container: Container) =>
      container.track.name === options.compared ? start(container, await baseline) : start(container);
    const servers = await Promise.all([baseline, ...others.map(startCandidate)]);
    return servers.filter((server) => server !== undefined);
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}
