import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Redis } from "ioredis";
import { describeIf } from "../../test/support/describe-if";
import { RedisStore } from "../src/cache/redis-store";
import type { RedisCacheConfig } from "../src/cache/settings";
import { ask } from "./support/cache-client";
import { CacheServer, programOf } from "./support/cache-server";
import { infer } from "./support/client";
import { freePort } from "./support/free-port";
import { placeModel } from "./support/place-model";
import { requestFor } from "./support/samples";
import {
  cleanUp,
  digits,
  type LogLine,
  scratch,
  serve,
  ServerProcess,
  settingsFor,
  tiny,
} from "./support/server-process";
import { restoreEnvironment } from "./support/restored-environment";
import { TcpBalancer } from "./support/tcp-balancer";

let nothingListens: number;
const servers: { close(): void }[] = [];
const caches: CacheServer[] = [];

beforeAll(async () => (nothingListens = await freePort()));
afterEach(restoreEnvironment);
afterAll(async () => {
  await cleanUp();
  for (const server of servers) server.close();
  await Promise.all(caches.map((cache) => cache.kill()));
});

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A web server that answers everything with a status. */
const answering = (status: () => number, body = ""): Promise<number> =>
  portOf(createHttpServer((_, response) => response.writeHead(status()).end(body)));

const warnings = (server: ServerProcess, message: string): LogLine[] =>
  server.log.filter(({ level, msg }) => level === "warn" && msg === message);

async function startCache(program: string, password?: string): Promise<CacheServer> {
  const cache = await CacheServer.start(program, "redis", password);
  caches.push(cache);
  return cache;
}

describe("a cache that cannot be used", () => {
  async function failure(redis: Partial<RedisCacheConfig> & { password?: string }): Promise<string> {
    const store = await RedisStore.create({ port: 6379, ...redis }, 60);
    const connected = await store.connect().then(
      () => "connected",
      (error: Error) => error.message,
    );
    const written = await store.set("key", Buffer.from("value")).then(
      () => "written",
      (error: Error) => error.message,
    );
    store.close();
    return connected === "connected" || connected === written ? written : `${connected}, then ${written}`;
  }

  test("says why, and what to do about it", async () => {
    expect(await failure({ host: "127.0.0.1", port: nothingListens })).toMatch(
      /^connect ECONNREFUSED 127.0.0.1:\d+; nothing listens there; check the host and the port$/,
    );
    expect(await failure({ host: "no-such-cache.invalid" })).toMatch(/no-such-cache.invalid; check the host name/);
    const port = await answering(() => 200);
    expect(await failure({ host: "127.0.0.1", port })).toMatch(/does not speak the protocol of Redis/);
  });

  describeIf(programOf("redis"), "needs redis-server on the PATH", "with a real Redis", (program) => {
    test("says which password, user or database is wrong", async () => {
      const { port } = await startCache(program, "s3cret");
      const host = "127.0.0.1";
      expect(await failure({ host, port })).toBe("NOAUTH: Redis requires a password; set cache.redis.passwordEnv");
      expect(await failure({ host, port, password: "s3cert" })).toMatch(/^WRONGPASS: check .*cache.redis.passwordEnv/);
      expect(await failure({ host, port, username: "bob", password: "s3cret" })).toMatch(/^WRONGPASS/);
      expect(await failure({ url: `redis://${host}:${port}/99`, password: "s3cret" })).toMatch(
        /^ERR DB: check the number of the database in cache.redis.url/,
      );
      expect(await failure({ host, port, password: "s3cret" })).toBe("written");
    });

    test("follows the name to the new primary when the old one was demoted, and logs it once", async () => {
      const [first, second] = await Promise.all([startCache(program), startCache(program)]);
      const balancer = await TcpBalancer.open(first.port);
      servers.push(balancer);
      const url = balancer.url.replace("http", "redis");
      const server = await serve(tiny("log"), { cache: { redis: { url }, deadlineSeconds: 0.2 } });
      expect((await ask(server, 2)).outcome).toBe("miss");
      while ((await ask(server, 2)).outcome !== "hit");

      balancer.routeTo(second.port);
      const admin = new Redis({ port: first.port });
      await admin.replicaof("127.0.0.1", second.port);
      admin.disconnect();
      for (let x = 3; server.line("the cache accepts entries again") === undefined; x++) await ask(server, x);
      expect((await ask(server, 1000)).outcome).toBe("miss");
      while ((await ask(server, 1000)).outcome !== "hit");
      const refused = warnings(server, "the cache refuses entries");
      expect(refused.map(({ reason }) => reason)).toEqual([
        expect.stringMatching(/^READONLY: the server is a replica/),
      ]);
      const after = new Redis({ port: second.port });
      expect(await after.dbsize()).toBeGreaterThan(0);
      after.disconnect();
    });
  });
});

test("traces that a collector does not accept are logged once, and that it accepts them again", async () => {
  let status = 401;
  const port = await answering(() => status, "{}");
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_BSP_SCHEDULE_DELAY: "10" };
  const server = new ServerProcess(settingsFor(digits("1.1.0")), environment);
  await server.waitForLog("ready");
  const message = "traces cannot be sent";
  await infer(server.url, requestFor(0));
  await server.waitForLog(message);
  status = 404;
  while (warnings(server, message).length < 2) await infer(server.url, requestFor(0));
  expect(warnings(server, message).map(({ reason }) => reason)).toEqual([
    "the collector answered 401; check OTEL_EXPORTER_OTLP_HEADERS",
    expect.stringMatching(/^the collector answered 404; check the path of OTEL_EXPORTER_OTLP_ENDPOINT/),
  ]);
  status = 200;
  while (server.line("traces are sent again") === undefined) await infer(server.url, requestFor(0));
  expect(warnings(server, message)).toHaveLength(2);
});

describe("a source that cannot be read", () => {
  const refused = (uri: string): Promise<string> => placeModel(uri).then(() => "placed", String);

  test("says why, and what to do about it", async () => {
    expect(await refused(`http://127.0.0.1:${nothingListens}/m.onnx`)).toMatch(/SRV201.*nothing listens there/);
    expect(await refused("http://no-such-host.invalid/m.onnx")).toMatch(/SRV201.*check the host name/);
    const port = await answering(() => 200);
    expect(await refused(`https://127.0.0.1:${port}/m.onnx`)).toMatch(/SRV201.*does not speak TLS/);
    process.env["MLFLOW_TRACKING_URI"] = `http://127.0.0.1:${nothingListens}`;
    expect(await refused("models:/digits/1")).toMatch(/SRV201.*nothing listens there/);
    const denied = await answering(() => 401, "who are you?");
    process.env["MLFLOW_TRACKING_URI"] = `http://127.0.0.1:${denied}`;
    expect(await refused("models:/digits/1")).toMatch(/MLflow answered 401 .*MLFLOW_TRACKING_TOKEN/);
  });

  test("names what is wrong with the access to S3", async () => {
    const error = (code: string, message: string): string =>
      `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    const port = await answering(() => 403, error("InvalidAccessKeyId", "The key is not in our records."));
    Object.assign(process.env, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, AWS_EC2_METADATA_DISABLED: "true" });
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key" });
    expect(await refused("s3://bucket/m.onnx")).toMatch(/InvalidAccessKeyId: The key is not in our records/);
    delete process.env["AWS_ACCESS_KEY_ID"];
    expect(await refused("s3://bucket/m.onnx")).toMatch(/credentials.*set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/);
  });

  const openssl = spawnSync("openssl", ["version"]).status === 0 ? "openssl" : undefined;
  describeIf(openssl, "needs openssl on the PATH", "with a certificate that is not trusted", (program) => {
    test("says how to trust it", async () => {
      const [key, cert] = [join(scratch(), "key.pem"), join(scratch(), "cert.pem")];
      const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-subj", "/CN=x"];
      execFileSync(program, request, { stdio: "ignore" });
      const options = { key: readFileSync(key), cert: readFileSync(cert) };
      const port = await portOf(createHttpsServer(options, (_, response) => response.end()));
      expect(await refused(`https://127.0.0.1:${port}/m.onnx`)).toMatch(
        /self-signed certificate; .*NODE_EXTRA_CA_CERTS/,
      );
    });
  });
});
