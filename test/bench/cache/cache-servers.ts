import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import type { CacheKind } from "./contenders";

/** A cache server on its own core, apart from the measured server. */
export interface CacheServer {
  readonly kind: CacheKind;
  readonly process: ChildProcess;
}

/** Starts the installed ones; prints one line for each that is missing. */
export async function startCacheServers(core: number, firstPort: number, scratch: string): Promise<CacheServer[]> {
  const [redis, memcached] = [firstPort, firstPort + 1];
  const memory = ["--save", "", "--appendonly", "no", "--dir", scratch];
  const asRoot = process.getuid?.() === 0 ? ["-u", "root"] : [];
  const redisCommand = ["redis-server", "--bind", "127.0.0.1", "--port", String(redis), ...memory];
  const memcachedCommand = ["memcached", "-l", "127.0.0.1", "-p", String(memcached), ...asRoot];
  const started = [
    await start(redisCommand, { name: "Redis", cache: { redis: { url: `redis://127.0.0.1:${redis}` } } }, redis, core),
    await start(
      memcachedCommand,
      { name: "memcached", cache: { memcached: { servers: [`127.0.0.1:${memcached}`] } } },
      memcached,
      core,
    ),
  ];
  return started.filter((one) => one !== undefined);
}

async function start(
  command: readonly string[],
  kind: CacheKind,
  port: number,
  core: number,
): Promise<CacheServer | undefined> {
  const [program = ""] = command;
  if (spawnSync(program, ["--version"]).status !== 0) {
    process.stdout.write(`skipped: ${kind.name}: there is no ${program} on the PATH\n`);
    return undefined;
  }
  const started = spawn("taskset", ["-c", String(core), ...command], { stdio: "ignore" });
  while (!(await accepts(port))) await delay(20);
  return { kind, process: started };
}

export async function stopCacheServers(servers: readonly CacheServer[]): Promise<void> {
  for (const { process } of servers) {
    if (process.exitCode !== null || process.signalCode !== null) continue;
    const exited = once(process, "exit");
    process.kill("SIGKILL");
    await exited;
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const isOpen = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen;
}
