import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

import { testCluster, type TestCluster } from "./cluster";
import { describeIf } from "./describe-if";

/** A real gateway that routes to real processes, by the objects in the test cluster. */
export interface TestMesh {
  /** URL of the gateway; it accepts every host of a VirtualService on the gateway `test/public`. */
  readonly gateway: string;
  /** The current value of a PromQL expression, from a Prometheus that scrapes every second. */
  query(expr: string): Promise<Sample[]>;
  /**
   * Starts a program inside the mesh. It listens on `$MESH_IP:$MESH_PORT`, and is stopped after the tests of this
   * `describe`, if not before.
   */
  serve(options: ServeOptions, program: string, ...args: readonly string[]): MeshProcess;
  /** One request through the gateway. */
  ask(host: string, path: string, options?: AskOptions): Promise<Answer>;
}

/** One series of an answer of Prometheus. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ServeOptions {
  /** What it represents: the only endpoint of a Service without selector, or a pod that exists but runs nothing. */
  readonly as: { readonly service: string } | { readonly pod: string };
  /** Where that is. */
  readonly namespace: string;
  /** Added to the environment of the program. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Path where Prometheus scrapes it.
   * @default - it is not scraped
   */
  readonly scrape?: string;
}

export interface MeshProcess {
  /** What it has printed so far. */
  output(): string;
  /** Removes its endpoint, then stops it, and waits until it has exited. */
  stop(): Promise<void>;
}

export interface AskOptions {
  /** @default "GET", or "POST" with a body */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** `describe` for tests that need real traffic: skipped, with a line that says so, where there is no mesh. */
export function describeWithMesh(name: string, body: (cluster: TestCluster, mesh: TestMesh) => void): void {
  const { SLIPWAY_GATEWAY: gateway, SLIPWAY_PROMETHEUS: prometheus, SLIPWAY_MESH_RUN: meshRun } = process.env;
  const cluster = testCluster();
  const found = cluster && gateway && prometheus && meshRun ? { cluster, gateway, prometheus, meshRun } : undefined;
  const how = "needs SLIPWAY_TEST_KUBECONFIG, SLIPWAY_GATEWAY, SLIPWAY_PROMETHEUS and SLIPWAY_MESH_RUN";
  describeIf(found, how, name, (there) => body(there.cluster, meshAt(there)));
}

interface MeshAddress {
  readonly gateway: string;
  readonly prometheus: string;
  /** The program that runs another one inside the mesh. */
  readonly meshRun: string;
}

function meshAt({ gateway, prometheus, meshRun }: MeshAddress): TestMesh {
  const running = new Set<MeshProcess>();
  const agent = new Agent({ keepAlive: true });
  afterAll(async () => {
    await Promise.all([...running].map((process) => process.stop()));
    agent.destroy();
  });
  return {
    gateway,
    query: (expr) => query(prometheus, expr),
    serve: (options, program, ...args) => {
      const process = serve(meshRun, options, [program, ...args]);
      running.add(process);
      return process;
    },
    ask: (host, path, options = {}) => ask(new URL(path, gateway), host, agent, options),
  };
}

function serve(meshRun: string, { as, namespace, env, scrape }: ServeOptions, command: readonly string[]): MeshProcess {
  const standsFor = "pod" in as ? ["--pod", `${namespace}/${as.pod}`] : ["--service", `${namespace}/${as.service}`];
  const options = [...standsFor, ...(scrape === undefined ? [] : ["--scrape", scrape])];
  const child = spawn(meshRun, [...options, "--", ...command], { env: { ...process.env, ...env } });
  const ended = once(child, "close");
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  return {
    output: () => printed,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

interface QueryAnswer {
  readonly data: {
    readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[];
  };
}

async function query(prometheus: string, expr: string): Promise<Sample[]> {
  const answer = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(expr)}`);
  if (!answer.ok) throw new Error(`${expr}: ${await answer.text()}`);
  const { data } = (await answer.json()) as QueryAnswer;
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

async function ask(url: URL, host: string, agent: Agent, { method, headers, body }: AskOptions): Promise<Answer> {
  const verb = method ?? (body === undefined ? "GET" : "POST");
  const sent = request(url, { agent, method: verb, headers: { ...headers, host } });
  sent.end(body === undefined ? undefined : Buffer.from(body)); // with a string, node would write the headers in UTF-8
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
}
