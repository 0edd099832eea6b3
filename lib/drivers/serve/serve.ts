import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONTRACT } from "../../core/contract";
import type { TensorSpec } from "../protocol/tensor";
import { LocalServer, type LocalServerOptions } from "./local-server";
import { linkModel, type ServedModel } from "./served-model";
import { readMetadata, workingCurlLine } from "./working-curl-line";

/** How a model is served on this machine. */
export interface ServeOptions extends Pick<LocalServerOptions, "program" | "host" | "config" | "onLine"> {
  readonly model: ServedModel;
  /** @default - the contract's, or any free one if that is in use */
  readonly port?: number;
  /** @default - the contract's, or any free one if that is in use */
  readonly grpcPort?: number;
}

/** A server that is ready, as it is shown to the user. */
export interface Serving {
  readonly url: string;
  /** Missing if the settings disable gRPC. */
  readonly grpcAddress?: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** A curl command that the server has just answered; missing if no generated input fits the model. */
  readonly curl?: string;
}

/** Serves a model until the signal; resolves with the server's exit code, and rejects if the server ends by itself. */
export async function serveModel(
  settings: ServeOptions,
  signal: AbortSignal,
  onReady: (serving: Serving) => void,
): Promise<number> {
  const { program, model, host, config, onLine } = settings;
  const scratch = mkdtempSync(join(tmpdir(), "slipway-serve-"));
  const root = join(scratch, "models");
  const remove = () => rmSync(scratch, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    const options = {
      program,
      host,
      onLine,
      root,
      tmp: scratch,
      ...(config !== undefined && { config }),
      model,
      readsFrom: linkModel(root, model),
      port: settings.port ?? (await portIfFree(CONTRACT.ports.http, host)),
      grpcPort: settings.grpcPort ?? (await portIfFree(CONTRACT.ports.grpc, host)),
    };
    const server = await LocalServer.start(options, signal);
    signal.addEventListener("abort", () => server.stop());
    if (signal.aborted) server.stop();
    else onReady(await describeServer(server, model, host));
    const code = await server.ended;
    if (code !== 0 && !signal.aborted) throw server.failure();
    return code;
  } finally {
    remove();
    process.off("exit", remove);
  }
}

async function describeServer({ port, grpcPort }: LocalServer, { name }: ServedModel, host: string): Promise<Serving> {
  // A server that listens on every address is reached on this one.
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

/** The port if it is free, else 0. */
function portIfFree(port: number, host: string): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(0));
    probe.listen(port, host, () => probe.close(() => resolve(port)));
  });
}
