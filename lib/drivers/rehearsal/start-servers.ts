import type { Cleanup } from "./cleanup";
import type { Container } from "./container";
import { ModelServer } from "./model-server";
import { makeScratch, Sandbox } from "./sandbox";

/** What the servers are started from. */
export interface ServersOrder {
  readonly containers: readonly Container[];
  /** Path of the program that the image runs. */
  readonly program: string;
  /** Model files by version. */
  readonly models: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Starts all servers at once, in the order of their containers; when one fails, the others are not waited for. */
export async function startServers(order: ServersOrder, cleanup: Cleanup): Promise<ModelServer[]> {
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
    return await Promise.all(containers.map(start));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}
