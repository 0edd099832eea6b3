import type { Cleanup } from "./cleanup";
import type { Container } from "./container";
import { ModelServer } from "./model-server";
import { makeScratch, Sandbox } from "./sandbox";

/** One value for each of the two tracks. */
export interface BothTracks<T> {
  readonly stable: T;
  readonly canary: T;
}

/** What the servers are started from. */
export interface ServersOrder {
  readonly containers: BothTracks<Container>;
  /** Path of the program that the image runs. */
  readonly program: string;
  /** Model files by version. */
  readonly models: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Starts both servers at once; when one fails, the other is not waited for. */
export async function startServers(order: ServersOrder, cleanup: Cleanup): Promise<BothTracks<ModelServer>> {
  const { containers, program, models } = order;
  const scratch = makeScratch(cleanup);
  const failed = new AbortController();
  const signal = AbortSignal.any([order.signal, failed.signal]);
  const start = (container: Container) => {
    const sandbox = new Sandbox(container, scratch);
    const modelFile = models[container.track.version] as string;
    return ModelServer.start({ container, sandbox, program, modelFile, cleanup, signal });
  };
  try {
    const [stable, canary] = await Promise.all([start(containers.stable), start(containers.canary)]);
    return { stable, canary };
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}
