import { spawn, type ChildProcess } from "node:child_process";
import { pathToFileURL } from "node:url";
import { formatDuration } from "../../../core/format";
import type { Track } from "../../../core/plan";
import type { LocalEnvironment } from "../../../runtimes/local-program";
import type { LocalRuntime } from "../../../runtimes/runtime";
import { DriverError } from "../../common/driver-error";
import { Caller } from "../traffic/caller";
import type { Cleanup } from "../cleanup";
import type { Container } from "./container";
import { freePort } from "./free-port";
import { httpGet } from "./http-get";
import type { Sandbox } from "./sandbox";
import { ServerLog } from "../../server-process/server-log";

const POLL_MS = 50;
const STOP_MS = 3000;
const PORT_TRIES = 3;
const HOST = "127.0.0.1";
/** Where programs in a container write temporary files. */
const CONTAINER_TMP = "/tmp";
const GUARD = require.resolve("../../server-process/orphan-guard");

/** How a server is started. */
interface ModelServerOptions {
  readonly container: Container;
  readonly sandbox: Sandbox;
  readonly runtime: LocalRuntime;
  /** Path of the program that the image runs. */
  readonly program: string;
  readonly modelFile: string;
  /** Whether its predictions can be corrupted by a fault. */
  readonly allowFaults: boolean;
  /** What stands for what only a cluster has. */
  readonly local: Pick<LocalEnvironment, "feedbackSecret" | "liveUrl" | "samplesUri">;
  readonly cleanup: Cleanup;
  readonly signal: AbortSignal;
}

/** The server of one track: a process that runs the program of the image. */
export class ModelServer {
  readonly log = new ServerLog();
  /** Resolves when the process has ended, with its exit code or signal. */
  readonly ended: Promise<string>;
  private ending: string | undefined;

  private constructor(
    readonly port: number,
    private readonly options: ModelServerOptions,
    private readonly child: ChildProcess,
  ) {
    this.ended = new Promise((resolve) => {
      const end = (how: string) => resolve((this.ending ??= how));
      child.once("error", (error) => end(error.message));
      child.once("exit", (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => this.log.write(chunk));
    }
  }

  /** Starts a server and waits until its startup probe succeeds. */
  static async start(options: ModelServerOptions): Promise<ModelServer> {
    for (let tries = 1; ; tries += 1) {
      const server = ModelServer.spawn(options, await freePort());
      if (await server.started(options.signal)) return server;
      options.signal.throwIfAborted();
      // Another process may have bound the port in the meantime.
      if (tries < PORT_TRIES && server.log.mentions("EADDRINUSE")) continue;
      throw server.failure(`failed to start (${await server.ended})`);
    }
  }

  private static spawn(options: ModelServerOptions, port: number): ModelServer {
    const { container, runtime, program, cleanup } = options;
    const faultArguments = options.allowFaults && runtime.faults ? [runtime.faults.argument] : [];
    const child = spawn(process.execPath, ["--require", GUARD, program, ...container.args, ...faultArguments], {
      env: environmentOf(options, port),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // In a process group of its own: Ctrl-C in the terminal reaches only the rehearsal, which then stops the servers.
      detached: true,
    });
    const server = new ModelServer(port, options, child);
    cleanup.add(
      () => server.stop(),
      () => server.kill(),
    );
    return server;
  }

  get track(): Track {
    return this.options.container.track;
  }

  get runtime(): LocalRuntime {
    return this.options.runtime;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get alive(): boolean {
    return this.ending === undefined;
  }

  /** Whether the readiness probe succeeds now. */
  async ready(): Promise<boolean> {
    const { path, timeoutSeconds } = this.options.container.readiness;
    return this.alive && (await succeeds(this.port, path, timeoutSeconds));
  }

  /** An error about this server, with the reason that it gave, or else the last lines of its log. */
  failure(what: string): DriverError {
    const { sandbox, modelFile } = this.options;
    const message = `the server of ${this.track.version} with ${modelFile} ${what}`;
    const fatal = this.log.fatalMessage();
    return fatal === undefined
      ? new DriverError(message, this.log.last(10))
      : new DriverError(`${message}: ${sandbox.restore(fatal)}`);
  }

  /** Corrupts a share of its predictions from now on. */
  async corruptPredictions(wrong: number): Promise<void> {
    const { faults } = this.runtime;
    if (faults === undefined) throw this.failure("cannot inject faults");
    const caller = new Caller(this.port);
    const answer = await caller.put(faults.path, Buffer.from(JSON.stringify({ wrong })));
    caller.close();
    if (answer?.status !== 200) throw this.failure(`did not accept a fault (${answer?.status ?? "no answer"})`);
  }

  /** Asks the process to end, and kills it if it does not in time. */
  async stop(): Promise<void> {
    if (!this.alive) return;
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.kill(), STOP_MS);
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends the process at once. */
  kill(): void {
    if (this.alive) this.child.kill("SIGKILL");
  }

  /** Waits for the startup probe; false if the process ended before it succeeded. */
  private async started(signal: AbortSignal): Promise<boolean> {
    const { path, timeoutSeconds, budgetSeconds } = this.options.container.startup;
    const deadline = performance.now() + budgetSeconds * 1000;
    while (this.alive) {
      signal.throwIfAborted();
      if (await succeeds(this.port, path, timeoutSeconds)) return true;
      if (performance.now() > deadline) {
        throw this.failure(`was not ready within ${formatDuration(budgetSeconds)}`);
      }
      await Promise.race([this.ended, sleep(POLL_MS)]);
    }
    return false;
  }
}

/** The environment of the container, with what differs on this machine. */
function environmentOf({ container, sandbox, runtime, modelFile, local }: ModelServerOptions, port: number) {
  const translated = Object.entries(container.env).map(([name, value]) => [name, sandbox.translate(value)]);
  return {
    PATH: process.env["PATH"],
    TMPDIR: sandbox.translate(CONTAINER_TMP),
    ...Object.fromEntries(translated),
    ...runtime.localProgram.env({
      ...local,
      host: HOST,
      port,
      modelUri: pathToFileURL(modelFile).href,
      localPath: (containerPath) => sandbox.translate(containerPath),
    }),
  };
}

async function succeeds(port: number, path: string, timeoutSeconds: number): Promise<boolean> {
  try {
    const { status } = await httpGet(port, path, timeoutSeconds * 1000);
    return status >= 200 && status < 400;
  } catch {
    return false;
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
