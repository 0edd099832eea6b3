import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { CacheSettings } from "../../src/cache/settings";
import { scratch } from "./server-process";
import { freePort } from "./free-port";

export type CacheKind = "redis" | "memcached";

/** The program of a kind of cache; undefined if it is not installed. */
export function programOf(kind: CacheKind): string | undefined {
  const program = kind === "redis" ? "redis-server" : "memcached";
  return spawnSync(program, ["--version"]).status === 0 ? program : undefined;
}

/** A real Redis or memcached, which can be killed, restarted on its port, and suspended. */
export class CacheServer {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly program: string,
    private readonly kind: CacheKind,
    readonly port: number,
    private readonly password?: string,
  ) {}

  static async start(program: string, kind: CacheKind, password?: string): Promise<CacheServer> {
    const server = new CacheServer(program, kind, await freePort(), password);
    await server.start();
    return server;
  }

  get settings(): CacheSettings {
    const address = `127.0.0.1:${this.port}`;
    return this.kind === "redis" ? { redis: { url: `redis://${address}` } } : { memcached: { servers: [address] } };
  }

  async start(): Promise<void> {
    this.child = spawn(this.program, this.options(), { stdio: "ignore" });
    while (!(await accepts(this.port))) await delay(10);
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.child?.kill(signal);
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  private options(): string[] {
    const port = String(this.port);
    if (this.kind === "memcached") {
      return ["-p", port, "-l", "127.0.0.1", ...(process.getuid?.() === 0 ? ["-u", "root"] : [])];
    }
    const memory = ["--save", "", "--appendonly", "no", "--dir", scratch()];
    return [
      "--port",
      port,
      "--bind",
      "127.0.0.1",
      ...memory,
      ...(this.password ? ["--requirepass", this.password] : []),
    ];
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
