import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CpuContention } from "../../lib/drivers/rehearsal/gateway/cpu-contention";
import { Caller } from "../../lib/drivers/rehearsal/traffic/caller";
import { Cleanup } from "../../lib/drivers/rehearsal/cleanup";
import { RolloutClock } from "../../lib/drivers/rehearsal/clock";
import { FaultInjector } from "../../lib/drivers/rehearsal/gateway/fault-injector";
import { freePort } from "../../lib/drivers/rehearsal/servers/free-port";
import { randomStream } from "../../lib/core/random";
import { FAULT_HEADER, PREVIEW_HOST, Router } from "../../lib/drivers/rehearsal/gateway/router";
import type { Fault } from "../../lib/drivers/rehearsal/fault-settings";
import { USER_HEADER } from "../../lib/drivers/rehearsal/traffic/users";
import { fourSigma } from "../support/four-sigma";

jest.setTimeout(30_000);

const PATH = "/v2/models/m/infer";
const BODY = Buffer.from("{}");

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function listen(answer: RequestListener): Promise<number> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

interface Options {
  readonly weights: Readonly<Record<string, number>>;
  readonly mirrors?: Readonly<Record<string, number>>;
  readonly seed?: number;
  readonly faults?: readonly Fault[];
  readonly canary?: number;
  readonly preview?: string;
  readonly salt?: string;
  /** @default 0 */
  readonly negligibleMs?: number;
}

async function open({
  weights,
  mirrors = {},
  seed = 1,
  faults = [],
  canary,
  negligibleMs = 0,
  ...more
}: Options): Promise<{ router: Router; caller: Caller }> {
  const named = (name: string) => listen((_, response) => void response.end(name));
  const cleanup = new Cleanup();
  const clock = new RolloutClock(1);
  clock.start();
  const router = await Router.open({
    ports: { stable: await named("stable"), canary: canary ?? (await named("canary")) },
    split: { weights, mirrors },
    ...more,
    bounds: [0.05, 1],
    countedPath: PATH,
    faults: new FaultInjector(faults, (word) => [word], clock, randomStream(seed, "faults")),
    contention: new CpuContention([], negligibleMs, cleanup),
    random: randomStream(seed, "split"),
    mirrorRandom: randomStream(seed, "mirrors"),
  });
  const caller = new Caller(router.port);
  cleanups.push(
    () => cleanup.close(),
    () => router.close(),
    () => caller.close(),
  );
  return { router, caller };
}

async function bodies(caller: Caller, count: number): Promise<string[]> {
  const answers = await Promise.all(Array.from({ length: count }, () => caller.post(PATH, BODY)));
  return answers.map((answer) => (answer?.status === 200 ? answer.body : `failed: ${answer?.status}`));
}

const count = (all: readonly string[], wanted: string) => all.filter((each) => each === wanted).length;

test("requests follow the split, and the same seed chooses the same tracks", async () => {
  const weights = { stable: 90, canary: 10 };
  const first = await open({ weights, seed: 7 });
  const answers = await bodies(first.caller, 2000);
  const served = count(answers, "canary");
  expect(served + count(answers, "stable")).toBe(2000);
  expect(Math.abs(served - 200)).toBeLessThan(fourSigma(2000, 0.1));
  const second = await open({ weights, seed: 7 });
  expect(count(await bodies(second.caller, 2000), "canary")).toBe(served);
  expect(first.router.counts["canary"]).toMatchObject({ requests: served, errors: 0 });
});

test("new weights apply from the next request on, and no request in flight is lost", async () => {
  const { router, caller } = await open({ weights: { stable: 0, canary: 100 } });
  const before = bodies(caller, 200);
  while ((router.counts["canary"]?.routed ?? 0) < 100) await new Promise(setImmediate);
  const routed = router.counts["canary"]?.routed ?? 0;
  router.setSplit({ weights: { stable: 100, canary: 0 } });
  const answers = [...(await before), ...(await bodies(caller, 100))];
  expect(answers.filter((answer) => answer.startsWith("failed"))).toEqual([]);
  expect(count(answers, "canary")).toBe(routed);
});

test("a connection that cannot be made is tried again on the same track, then counts as its error", async () => {
  const { router, caller } = await open({ weights: { stable: 0, canary: 100 }, canary: await freePort() });
  expect(await bodies(caller, 1)).toEqual(["failed: 503"]);
  expect(router.counts["canary"]).toMatchObject({ requests: 1, errors: 1, retries: 2 });
  expect(router.counts["stable"]).toMatchObject({ requests: 0 });
});

test("an incomplete answer does not count as an answer", async () => {
  const port = await listen((_, response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("half");
    setTimeout(() => response.destroy(), 20);
  });
  const { router, caller } = await open({ weights: { stable: 0, canary: 100 }, canary: port });
  expect(await caller.post(PATH, BODY)).toBeUndefined();
  expect(router.counts["canary"]).toMatchObject({ requests: 1, errors: 1 });
});

describe("what a request counts as", () => {
  const answering = async (answer: RequestListener) => {
    const canary = await listen(answer);
    const opened = await open({ weights: { stable: 0, canary: 100 }, canary, negligibleMs: Infinity });
    const counts = () => {
      const of = opened.router.counts["canary"];
      return { requests: of?.requests, errors: of?.errors, timed: of?.latency().counts.reduce((a, b) => a + b) };
    };
    return { ...opened, counts };
  };

  test.each([
    ["an answer", 200, { errors: 0, timed: 1 }],
    ["a refusal by an overloaded server", 429, { errors: 1, timed: 0 }],
    ["a server that is not ready", 503, { errors: 1, timed: 0 }],
    ["a timeout in the server", 504, { errors: 1, timed: 1 }],
    ["a failure of the model", 422, { errors: 1, timed: 0 }],
    ["a caller's mistake", 400, { errors: 0, timed: 0 }],
    ["a body that is too large", 413, { errors: 0, timed: 0 }],
  ])("%s", async (_what, status, expected) => {
    const { caller, counts } = await answering((_, response) => void response.writeHead(status).end());
    expect((await caller.post(PATH, BODY))?.status).toBe(status);
    expect(counts()).toEqual({ requests: 1, ...expected });
  });

  test("a connection that the server resets", async () => {
    const { caller, counts } = await answering((request) => void request.socket.resetAndDestroy());
    expect((await caller.post(PATH, BODY))?.status).toBe(503);
    expect(counts()).toEqual({ requests: 1, errors: 1, timed: 0 });
  });

  test("a caller that disconnects: no error of the service", async () => {
    const { router, counts } = await answering(() => {});
    const gone = new AbortController();
    const url = `http://127.0.0.1:${router.port}${PATH}`;
    const impatient = fetch(url, { method: "POST", body: "{}", signal: gone.signal });
    while (router.counts["canary"]?.routed === 0) await sleep(1);
    gone.abort();
    await expect(impatient).rejects.toThrow();
    while (counts().requests === 0) await sleep(1);
    expect(counts()).toEqual({ requests: 1, errors: 0, timed: 0 });
  });

  test("a server that never answers: a timeout, and at least that slow", async () => {
    const { caller, counts } = await answering(() => {});
    expect((await caller.post(PATH, BODY))?.status).toBe(504);
    expect(counts()).toEqual({ requests: 1, errors: 1, timed: 1 });
  });
});

const noFault: Fault = {
  track: "canary",
  latency: undefined,
  errors: undefined,
  wrong: undefined,
  strays: undefined,
  crash: false,
  at: 0,
  for: undefined,
};

test("faults affect their track only: errors carry the fault header, added latency is counted", async () => {
  const faults: Fault[] = [{ ...noFault, errors: 0.25, latency: 0.1 }];
  const { router, caller } = await open({ weights: { stable: 50, canary: 50 }, faults });
  const answers = await Promise.all(Array.from({ length: 400 }, () => caller.post(PATH, BODY)));
  const refused = answers.filter((answer) => answer?.status === 503);
  expect(refused.every((answer) => answer?.headers[FAULT_HEADER] !== undefined)).toBe(true);
  const { requests = 0, errors } = router.counts["canary"] ?? {};
  expect(Math.abs(refused.length - requests / 4)).toBeLessThan(fourSigma(requests, 0.25));
  expect(errors).toBe(refused.length);
  expect(router.counts["stable"]).toMatchObject({ errors: 0 });
  expect(router.counts["canary"]?.latency().counts[0]).toBe(0);
});

test("feedback is forwarded, and not counted as an inference", async () => {
  const { router, caller } = await open({ weights: { stable: 100, canary: 0 } });
  expect((await caller.post("/v2/models/m/feedback", BODY))?.body).toBe("stable");
  expect(router.counts["stable"]).toMatchObject({ requests: 0, routed: 0 });
});

describe("copies for a shadow", () => {
  test("carry the request's id, and their answers are discarded", async () => {
    const ids: (string | undefined)[] = [];
    const canary = await listen((request, response) => {
      ids.push(request.headers["x-request-id"]?.toString());
      response.writeHead(500).end("broken");
    });
    const { router, caller } = await open({ weights: { stable: 100 }, mirrors: { canary: 100 }, canary });
    const answer = await caller.post(PATH, BODY, { "x-request-id": "one" });
    expect(answer).toMatchObject({ status: 200, body: "stable" });
    while (router.counts["canary"]?.requests === 0) await new Promise(setImmediate);
    expect(ids).toEqual(["one"]);
    expect(router.counts["canary"]).toMatchObject({ requests: 1, errors: 1 });
    expect(router.counts["stable"]).toMatchObject({ requests: 1, errors: 0 });
  });

  test("that are never answered delay no request, and are bounded in number", async () => {
    const canary = await listen(() => {});
    const { router, caller } = await open({ weights: { stable: 100 }, mirrors: { canary: 100 }, canary });
    expect(count(await bodies(caller, 300), "stable")).toBe(300);
    const { inFlight = 0 } = router.counts["canary"] ?? {};
    expect(inFlight).toBeLessThan(100);
    expect(inFlight + router.mirrors.dropped).toBe(300);
  });

  test("are as many as the split says, in addition to the requests themselves", async () => {
    const { router, caller } = await open({ weights: { stable: 100 }, mirrors: { canary: 20 } });
    await bodies(caller, 1000);
    const copies = router.counts["canary"]?.routed ?? 0;
    expect(Math.abs(copies - 200)).toBeLessThan(fourSigma(1000, 0.2));
    expect(router.counts["stable"]?.requests).toBe(1000);
  });
});

test("the preview host reaches a track without weight, and is not counted as a user's request", async () => {
  const { router, caller } = await open({ weights: { stable: 100, canary: 0 }, preview: "canary" });
  expect((await caller.post(PATH, BODY, { host: PREVIEW_HOST }))?.body).toBe("canary");
  expect((await caller.post(PATH, BODY))?.body).toBe("stable");
  expect(router.counts["canary"]).toMatchObject({ requests: 0, routed: 0 });
});

test("with a salt users are sticky, and a change of the split moves as few as possible", async () => {
  const { router, caller } = await open({ weights: { stable: 50, canary: 50 }, salt: "test" });
  const users = Array.from({ length: 400 }, (_, index) => `user-${index}`);
  const visit = async () =>
    Promise.all(users.map(async (user) => (await caller.post(PATH, BODY, { [USER_HEADER]: user }))?.body));
  const first = await visit();
  expect(await visit()).toEqual(first);
  expect(Math.abs(count(first as string[], "canary") - 200)).toBeLessThan(fourSigma(400, 0.5));
  router.setSplit({ weights: { stable: 40, canary: 60 } });
  const moved = (await visit()).map((track, index) => `${first[index]} to ${track}`);
  expect(count(moved, "canary to stable")).toBe(0);
  expect(Math.abs(count(moved, "stable to canary") - 40)).toBeLessThan(fourSigma(400, 0.1));
});

test("misrouting can be injected as a fault", async () => {
  const faults: Fault[] = [{ ...noFault, strays: 0.5 }];
  const { caller } = await open({ weights: { stable: 50, canary: 50 }, faults });
  expect(Math.abs(count(await bodies(caller, 1000), "canary") - 250)).toBeLessThan(fourSigma(1000, 0.25));
});
