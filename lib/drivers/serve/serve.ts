import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONTRACT } from "../../core/contract";
import type { TensorSpec } from "../protocol/tensor";
import { LocalServer, type ServeOrder } from "./local-server";
import { linkInto, type ServedModel } from "./served-model";
import { readMetadata, workingCurlLine } from "./working-curl-line";

/** How a model is served on this machine. */
export interface ServeSettings extends Pick<ServeOrder, "program" | "host" | "config" | "onLine"> {
  readonly model: ServedModel;
  /** @default - the contract's, or any free one where that is taken */
  readonly port?: number;
  /** @default - the contract's, or any free one where that is taken */
  readonly grpcPort?: number;
}

/** A server that is ready, and what there is to say of it. */
export interface Serving {
  readonly url: string;
  /** Missing where the settings switch gRPC off. */
  readonly grpcAddress?: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** A line of curl that was answered a moment ago; missing where no input made from the metadata fits the model. */
  readonly curl?: string;
}

/** Serves a model until the signal or the server's own end; resolves with the server's exit code after the signal. */
export async function serveModel(
  settings: ServeSettings,
  signal: AbortSignal,
  onReady: (serving: Serving) => void,
): Promise<number> {
  const { program, model, host, config, onLine } = settings;
  const scratch = mkdtempSync(join(tmpdir(), "slipway-serve-"));
  const root = join(scratch, "models");
  const remove = () => rmSync(scratch, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    const order = {
      program,
      host,
      onLine,
      root,
      tmp: scratch,
      ...(config !== undefined && { config }),
      model,
      readsFrom: linkInto(root, model),
      port: settings.port ?? (await ifFree(CONTRACT.ports.http, host)),
      grpcPort: settings.grpcPort ?? (await ifFree(CONTRACT.ports.grpc, host)),
    };
    const server = await LocalServer.start(order, signal);
    signal.addEventListener("abort", () => server.stop());
    if (signal.aborted) server.stop();
    else onReady(await describe(server, model, host));
    const code = await server.ended;
    if (code !== 0 && !signal.aborted) throw server.failure();
    return code;
  } finally {
    remove();
    process.off("exit", remove);
  }
}

async function describe({ port, grpcPort }: LocalServer, { name }: ServedModel, host: string): Promise<Serving> {
  // Who listens on every address is reached on this one.
  const address = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  const url = `http://${address}:${port}`;
  const modelUrl = `${url}/v2/models/${encodeURIComponent(name)}`;
  const metadata = await readMetadata(modelUrl);
  const curl = await workingCurlLine(modelUrl, metadata);
  return {
    url,
    inputs: metadata.inputs,
    outputs: metadata.outputs,
    ...(grpcPort !== undefined && { grpcAddress: `${address}:${grpcPort}` }),
    ...(curl !== undefined && { curl }),
  };
}

/** A port if nobody listens there, else 0. */
function ifFree(port: number, host: string): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(0));
    probe.listen(port, host, () => probe.close(() => resolve(port)));
  });
}
