import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { post } from "./support/client";
import { requestFor } from "./support/samples";
import { cleanUp, digits, serve } from "./support/server-process";
import { SteadyClient } from "./support/steady-client";

afterEach(cleanUp);

const BODY = JSON.stringify(requestFor(0));
const HEAD = `POST /v2/models/digits/infer HTTP/1.1\r\nhost: test\r\ncontent-length: ${BODY.length}\r\n\r\n`;

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s under load loses no request, and the exit code is 0",
  async (signal) => {
    const server = await serve(digits("1.1.0"));
    const clients = Array.from({ length: 16 }, () => new SteadyClient(server.port));
    while (clients.some(({ answered }) => answered < 20)) await delay(5);
    expect(await server.stop(signal)).toBe(0);
    await Promise.all(clients.map(({ closed }) => closed));
    expect(clients.map(({ lost }) => lost)).toEqual(clients.map(() => 0));
    expect(server.line("stopped")).toMatchObject({ lost: 0 });
  },
);

test("while it drains, the server is not ready but serves all connections, including new ones", async () => {
  const server = await serve(digits("1.1.0"), { drain: { delaySeconds: 1 } });
  const statuses: number[] = [];
  let isReady = true;
  const caller = async (): Promise<void> => {
    while (isReady) statuses.push(await askOnce(server.port));
  };
  const callers = Array.from({ length: 8 }, caller);
  while (statuses.length < 50) await delay(5);
  const exit = server.stop("SIGTERM");
  await server.waitForLog("draining");
  const before = statuses.length;
  const probes: number[] = [];
  for (let probe = 1; probe <= 5; probe++) {
    for (const path of ["/ready", "/health"]) probes.push((await fetch(server.url + path)).status);
    await delay(20);
  }
  isReady = false;
  await Promise.all(callers);
  expect(probes).toEqual([503, 200, 503, 200, 503, 200, 503, 200, 503, 200]);
  expect(statuses.length).toBeGreaterThan(before);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(await exit).toBe(0);
});

test("a request that is still arriving when the server stops is answered, and its connection is closed", async () => {
  const server = await serve(digits("1.1.0"));
  const socket = connect(server.port, "127.0.0.1");
  socket.setEncoding("latin1").write(HEAD + BODY.slice(0, 50));
  let answer = "";
  socket.on("data", (chunk: string) => (answer += chunk));
  await delay(50);
  const exit = server.stop("SIGTERM");
  await server.waitForLog("draining");
  await delay(50);
  await expect(post(`${server.url}/v2/models/digits/infer`, BODY)).rejects.toThrow("fetch failed");
  socket.write(BODY.slice(50));
  await once(socket, "close");
  expect(answer).toMatch(/^HTTP\/1.1 200 OK[^]*connection: close[^]*"data":\[2\]/i);
  expect(await exit).toBe(0);
});

test("a request that never ends is cut off after the timeout, with a nonzero exit code", async () => {
  const server = await serve(digits("1.1.0"), { drain: { timeoutSeconds: 0 } });
  const socket = connect(server.port, "127.0.0.1");
  socket.on("error", () => undefined).write(HEAD);
  await delay(50);
  expect(await server.stop("SIGTERM")).toBe(1);
  expect(server.line("stopped")).toMatchObject({ level: "error", lost: 1 });
});

test("a second signal exits at once", async () => {
  const server = await serve(digits("1.1.0"), { drain: { delaySeconds: 600 } });
  const exit = server.stop("SIGTERM");
  await server.waitForLog("draining");
  void server.stop("SIGINT");
  expect(await exit).toBe(1);
});

/** Requests a prediction over a new connection; resolves with the status, or 0 without an answer. */
function askOnce(port: number): Promise<number> {
  return new Promise((resolve) => {
    const headers = { "content-length": BODY.length };
    request({ port, host: "127.0.0.1", method: "POST", path: "/v2/models/digits/infer", headers, agent: false })
      .on("response", (response) => response.resume().on("end", () => resolve(response.statusCode ?? 0)))
      .on("error", () => resolve(0))
      .end(BODY);
  });
}
