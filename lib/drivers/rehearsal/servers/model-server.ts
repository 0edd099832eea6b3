import { spawn, type ChildProcess } from "node:child_process";
import { pathToFileURL } from "node:url";
import { CONTRACT } from "../../../core/contract";
import type { Track } from "../../../core/plan";
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
const GUARD = require.resolve("../../server-process/orphan-guard");

/** What a server is started from. */
export interface ServerOrder {
  readonly container: Container;
  readonly sandbox: Sandbox;
  /** Path of the program that the image runs. */
  readonly program: string;
  readonly modelFile: string;
  /** Whether it can be made to predict wrongly. */
  readonly allowFaults: boolean;
  /** Environment that stands for what only a cluster has, such as the names of other servers. */
  readonly env: Readonly<Record<string, string>>;
  readonly cleanup: Cleanup;
  readonly signal: AbortSignal;
}

/** The server of one track: a process of the bundled image's program. */
export class ModelServer {
  readonly log = new ServerLog();
  /** Settles when the process has ended, with how. */
  readonly ended: Promise<string>;
  private ending: string | undefined;

  private constructor(
    readonly port: number,
    private readonly order: ServerOrder,
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
  static async start(order: ServerOrder): Promise<ModelServer> {
    for (let tries = 1; ; tries += 1) {
      const server = ModelServer.spawn(order, await freePort());
      if (await server.started(order.signal)) return server;
      order.signal.throwIfAborted();
      // Somebody may have taken the port in the moment before the server did.
      if (tries < PORT_TRIES && server.log.mentions("EADDRINUSE")) continue;
      throw server.complaint(`stopped at its start (${await server.ended})`);
    }
  }

  private static spawn(order: ServerOrder, port: number): ModelServer {
    const { container, sandbox, program, modelFile, cleanup } = order;
    const translated = Object.entries(container.env).map(([name, value]) => [name, sandbox.translate(value)]);
    const { env } = CONTRACT;
    const faultArguments = order.allowFaults ? [CONTRACT.arguments.allowFaults] : [];
    const child = spawn(process.execPath, ["--require", GUARD, program, ...container.args, ...faultArguments], {
      env: {
        PATH: process.env["PATH"],
        TMPDIR: sandbox.translate(CONTRACT.mounts.tmp),
        ...Object.fromEntries(translated),
        [env.host]: "127.0.0.1",
        [env.httpPort]: String(port),
        // Nobody calls it here: any free port will do.
        [env.grpcPort]: "0",
        [env.modelRoot]: sandbox.translate(CONTRACT.mounts.models),
        [env.modelUri]: pathToFileURL(modelFile).href,
        ...order.env,
      },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // A process group of its own: Ctrl-C in the terminal goes to the rehearsal alone, which then stops the servers.
      detached: true,
    });
    const server = new ModelServer(port, order, child);
    cleanup.add(
      () => server.stop(),
      () => server.kill(),
    );
    return server;
  }

  get track(): Track {
    return this.order.container.track;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get alive(): boolean {
    return this.ending === undefined;
  }

  /** Whether the readiness probe succeeds now. */
  async ready(): Promise<boolean> {
    const { path, timeoutSeconds } = this.order.container.readiness;
    return this.alive && (await succeeds(this.port, path, timeoutSeconds));
  }

  /** An error about this server, with its own words for it, or else the last lines of its log. */
  complaint(what: string): DriverError {
    const { sandbox, modelFile } = this.order;
    const message = `the server of ${this.track.version} with ${modelFile} ${what}`;
    const said = this.log.fatalMessage();
    return said === undefined
      ? new DriverError(message, this.log.last(10))
      : new DriverError(`${message}: ${sandbox.restore(said)}`);
  }

  /** Makes a share of its predictions wrong from now on. */
  async spoil(wrong: number): Promise<void> {
    const caller = new Caller(this.port);
    const answer = await caller.put(CONTRACT.paths.faults, Buffer.from(JSON.stringify({ wrong })));
    caller.close();
    if (answer?.status !== 200) throw this.complaint(`took no fault (${answer?.status ?? "no answer"})`);
  }

  /** Asks the process to end, and ends it when it does not in time. */
  async stop(): Promise<void> {
    if (!this.alive) return;
    this.child.kill("SIGTERM");
    const late = setTimeout(() => this.kill(), STOP_MS);
    await this.ended;
    clearTimeout(late);
  }

  /** Ends the process at once. */
  kill(): void {
    if (this.alive) this.child.kill("SIGKILL");
  }

  /** Waits for the startup probe; false when the process ended before. */
  private async started(signal: AbortSignal): Promise<boolean> {
    const { path, timeoutSeconds, budgetSeconds } = this.order.container.startup;
    const deadline = performance.now() + budgetSeconds * 1000;
    while (this.alive) {
      signal.throwIfAborted();
      if (await succeeds(this.port, path, timeoutSeconds)) return true;
      if (performance.now() > deadline) {
        throw this.complaint(`was not ready within ${budgetSeconds} s`);
      }
      await Promise.race([this.ended, sleep(POLL_MS)]);
    }
    return false;
  }
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
