import { Redis } from "ioredis";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describeIf } from "../../test/support/describe-if";
import { CacheServer, programOf, type CacheKind } from "./support/cache-server";
import { ask, skippedFor } from "./support/cache-client";
import { post } from "./support/client";
import { cleanUp, scratch, serve, ServerProcess, settingsFor, tiny } from "./support/server-process";

/** A field of an ONNX file that changes its hash but not its results: `doc_string` (6) of one letter. */
const DOC_STRING = [0x32, 0x01, 0x61];
const BREAKER = { failures: 3, retryAfterSeconds: 0.05 };
const servers: CacheServer[] = [];

afterAll(async () => {
  await cleanUp();
  for (const server of servers) await server.kill();
});

async function started(program: string, kind: CacheKind, password?: string): Promise<CacheServer> {
  const server = await CacheServer.start(program, kind, password);
  servers.push(server);
  return server;
}

const serveWith = (cache: CacheServer, more = {}): Promise<ServerProcess> =>
  // A busy machine may well take longer than the default of 5 ms.
  serve(tiny("log"), { cache: { ...cache.settings, deadlineSeconds: 0.1, breaker: BREAKER, ...more } });

/** Sends requests with twenty different inputs from four clients until it is stopped; every answer must be correct. */
function load(server: ServerProcess): { readonly outcomes: unknown[]; stop(): Promise<void> } {
  const outcomes: unknown[] = [];
  let isOver = false;
  const client = async (first: number): Promise<void> => {
    for (let i = first; !isOver; i++) {
      const x = (i % 20) + 1;
      const { outcome, data } = await ask(server, x);
      expect((data as number[])[0]).toBeCloseTo(Math.log(x), 5);
      outcomes.push(outcome);
    }
  };
  const clients = Promise.all([0, 5, 10, 15].map(client));
  const stop = async (): Promise<void> => {
    isOver = true;
    await clients;
  };
  return { outcomes, stop };
}

/** Waits until a future request has this outcome. */
async function next(outcomes: readonly unknown[], outcome: string): Promise<void> {
  const from = outcomes.length;
  while (!outcomes.includes(outcome, from)) await delay(5);
}

describe.each<CacheKind>(["redis", "memcached"])("%s", (kind) => {
  describeIf(programOf(kind), `needs the server ${kind} on the PATH`, "a real server", (program) => {
    test("replicas share entries until their TTL", async () => {
      const cache = await started(program, kind);
      const [a, b] = await Promise.all([serveWith(cache, { ttlSeconds: 2 }), serveWith(cache, { ttlSeconds: 2 })]);
      expect((await ask(a, 2)).outcome).toBe("miss");
      await delay(50);
      const kept = await ask(b, 2);
      expect(kept.outcome).toBe("hit");
      expect((kept.data as number[])[0]).toBeCloseTo(Math.log(2), 5);
      await delay(2500);
      expect((await ask(b, 2)).outcome).toBe("miss");
      expect(a.line("the cache takes longer than the model")).toMatchObject({ fix: "set model.cache to false" });
    });

    test("while it is missing, killed and restarted under load, no request fails, and hits resume", async () => {
      const cache = await started(program, kind);
      await cache.kill();
      const server = await serveWith(cache);
      const { outcomes, stop } = load(server);
      for (let round = 0; round < 2; round++) {
        await next(outcomes, "skipped");
        await cache.start();
        await next(outcomes, "hit");
        await cache.kill();
      }
      await stop();
      expect(server.line("the cache is bypassed")).toBeDefined();
      expect(server.line("the cache is in use again")).toBeDefined();
      expect(await skippedFor(server, "open")).toBeGreaterThan(0);
    });

    test("while it hangs under load, requests wait until the deadline and then not at all, and hits resume", async () => {
      const cache = await started(program, kind);
      const server = await serveWith(cache, { deadlineSeconds: 0.02 });
      const { outcomes, stop } = load(server);
      await next(outcomes, "hit");
      cache.signal("SIGSTOP");
      await server.waitForLog("the cache is bypassed");
      await next(outcomes, "skipped");
      const [late, open] = [await skippedFor(server, "deadline"), await skippedFor(server, "open")];
      expect(late).toBeGreaterThanOrEqual(BREAKER.failures);
      await next(outcomes, "skipped");
      expect(await skippedFor(server, "open")).toBeGreaterThan(open);
      cache.signal("SIGCONT");
      await next(outcomes, "hit");
      await stop();
    });
  });
});

describeIf(programOf("redis"), "needs redis-server on the PATH", "what only Redis has", (program) => {
  test("reads the password from the environment, and recomputes invalid entries", async () => {
    const cache = await started(program, "redis", "s3cret");
    const settings = settingsFor(tiny("log"), {
      cache: {
        redis: { host: "127.0.0.1", port: cache.port, passwordEnv: "CACHE_PASSWORD" },
        deadlineSeconds: 0.1,
      },
    });
    const server = new ServerProcess(settings, { CACHE_PASSWORD: "s3cret" });
    await server.waitForLog("ready");
    await ask(server, 2);
    await delay(50);
    expect((await ask(server, 2)).outcome).toBe("hit");
    const client = new Redis({ port: cache.port, password: "s3cret" });
    const [key = ""] = await client.keys("slipway:digits:1.1.0:*");
    const entry = (await client.getBuffer(key)) ?? Buffer.alloc(0);
    for (const broken of [Buffer.from("?"), entry.subarray(0, -1), Buffer.concat([entry, entry])]) {
      await client.set(key, broken);
      const { outcome, data } = await ask(server, 2);
      expect(outcome).toBe("miss");
      expect((data as number[])[0]).toBeCloseTo(Math.log(2), 5);
      await delay(50);
    }
    client.disconnect();
    expect(await skippedFor(server, "unreadable")).toBe(3);
    expect(JSON.stringify(server.log)).not.toContain("s3cret");
  });
});

describeIf(programOf("redis"), "needs redis-server on the PATH", "a new model file during cache lookups", (program) => {
  test("requests that wait for the cache are computed by the model that received them", async () => {
    const cache = await started(program, "redis");
    const file = join(scratch(), "model.onnx");
    copyFileSync(tiny("log"), file);
    const settings = { ...cache.settings, deadlineSeconds: 1, breaker: { failures: 1000 } };
    const more = { repository: { control: true }, workers: { count: 1, aboveSeconds: 0 } };
    const server = await serve(file, { cache: settings, ...more });
    cache.signal("SIGSTOP");
    const waiting: ReturnType<typeof ask>[] = [];
    const sending = setInterval(() => waiting.push(ask(server, waiting.length + 1)), 20);
    writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.from(DOC_STRING)]));
    expect((await post(`${server.url}/v2/repository/models/digits/load`, {})).status).toBe(200);
    clearInterval(sending);
    const answers = await Promise.all(waiting);
    cache.signal("SIGCONT");
    expect(answers.length).toBeGreaterThan(10);
    for (const [i, { outcome, data }] of answers.entries()) {
      expect(outcome).toBe("skipped");
      expect((data as number[])[0]).toBeCloseTo(Math.log(i + 1), 5);
    }
  });
});

describeIf(programOf("memcached"), "needs memcached on the PATH", "what only memcached has", (program) => {
  test("several servers share the keys; while one is down, the keys of the others are hits", async () => {
    const [a, b] = [await started(program, "memcached"), await started(program, "memcached")];
    const memcached = { servers: [`127.0.0.1:${a.port}`, `127.0.0.1:${b.port}`] };
    const server = await serve(tiny("log"), { cache: { memcached, deadlineSeconds: 0.1, breaker: BREAKER } });
    const outcomes = async (): Promise<(string | null)[]> => {
      const all: (string | null)[] = [];
      for (let x = 1; x <= 40; x++) all.push((await ask(server, x)).outcome);
      await delay(50);
      return all;
    };
    expect(new Set(await outcomes())).toEqual(new Set(["miss"]));
    expect(new Set(await outcomes())).toEqual(new Set(["hit"]));
    await b.kill();
    const hits = (await outcomes()).filter((outcome) => outcome === "hit").length;
    expect(hits).toBeGreaterThan(5);
    expect(hits).toBeLessThan(35);
  });
});

test("reports invalid cache settings without printing passwords", async () => {
  const cache = {
    memory: {},
    redis: { url: "redis://:s3cret@cache:6379?db=1", host: "cache", passwordEnv: "NOT_SET", prot: 1 },
    ttlSeconds: 0,
    breaker: { failures: 0 },
  };
  const server = new ServerProcess(settingsFor(tiny("log"), { cache }));
  expect(await server.ended()).toBe(1);
  expect(server.stderr.trim().split("\n").sort()).toEqual([
    expect.stringContaining("[SRV103] cache.redis.prot: is not a valid setting. Did you mean cache.redis.port?"),
    expect.stringContaining("[SRV104] cache.breaker.failures: 0 is not valid."),
    expect.stringContaining("[SRV104] cache.redis.passwordEnv: names NOT_SET, which is not set."),
    expect.stringContaining("[SRV104] cache.redis.url: contains a user or a password. Set cache.redis.username"),
    expect.stringContaining("[SRV104] cache.redis: has a url and a host. Set exactly one of"),
    expect.stringContaining("[SRV104] cache.ttlSeconds: 0 is not valid."),
    expect.stringContaining("[SRV104] cache: has memory and redis. Set exactly one of cache.memory, cache.redis, "),
  ]);
  expect(server.stderr).not.toContain("s3cret");
});
