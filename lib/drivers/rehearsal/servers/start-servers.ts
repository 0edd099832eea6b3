import { CONTRACT } from "../../../core/contract";
import type { Cleanup } from "../cleanup";
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
  /** Whether a track's server must be one that can be made to predict wrongly. */
  readonly allowFaults: (track: string) => boolean;
  /** With this all servers sign their predictions, so that each knows what feedback may be about. */
  readonly feedbackSecret: string;
  /** Name of the track whose predictions are compared with those of the first track, where one's are. */
  readonly compared?: string;
  readonly signal: AbortSignal;
}

/**
 * Starts all servers at once, in the order of their containers; when one fails, the others are not waited for. A track
 * whose predictions are compared has to know where the first one is.
 */
export async function startServers(order: ServersOrder, cleanup: Cleanup): Promise<ModelServer[]> {
  const { containers, program, models } = order;
  const scratch = makeScratch(cleanup);
  const failed = new AbortController();
  const signal = AbortSignal.any([order.signal, failed.signal]);
  const start = (container: Container, more: Readonly<Record<string, string>> = {}) => {
    const env = { [CONTRACT.env.feedbackSecret]: order.feedbackSecret, ...more };
    const sandbox = new Sandbox(container, scratch);
    const allowFaults = order.allowFaults(container.track.name);
    const modelFile = models[container.track.version] as string;
    return ModelServer.start({ container, sandbox, program, modelFile, allowFaults, env, cleanup, signal });
  };
  try {
    const [first, ...others] = containers;
    const home = first && start(first);
    const startBeside = async (container: Container) =>
      container.track.name === order.compared ? start(container, comparedWith(await home)) : start(container);
    const servers = await Promise.all([home, ...others.map(startBeside)]);
    return servers.filter((server) => server !== undefined);
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}

function comparedWith(home: ModelServer | undefined): Record<string, string> {
  return home === undefined ? {} : { [CONTRACT.env.comparisonLive]: `http://127.0.0.1:${home.port}` };
}
