import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { infer, post } from "../support/client";
import { requestFor } from "../support/samples";
import { digits, scratch, serve, ServerProcess, settingsFor } from "../support/server-process";
import { type Check, SteadyClient } from "../support/steady-client";

/** The outcome of the requests of a drill. */
export interface DrillResult {
  readonly answered: number;
  readonly lost: number;
  readonly wrong: number;
}

const CLIENTS = 16;
/** Number of different requests, which every client repeats. */
const REQUESTS = 40;
/** Answers that every client receives between two disruptions. */
const ANSWERS_BETWEEN = 20;
const MODELS = ["1.0.0", "1.1.0", "1.2.0"] as const;

/** Stops a server under load, so many times: none of the requests that it accepted may be lost. */
export async function stopDrill(times: number): Promise<DrillResult> {
  const isRight = checkAgainst({ "1.1.0": await referenceOf("1.1.0") });
  const tallies: DrillResult[] = [];
  for (let time = 1; time <= times; time++) {
    const server = await serve(digits("1.1.0"));
    const clients = startClients(server, isRight);
    await moreAnswers(clients, ANSWERS_BETWEEN);
    const code = await server.stop("SIGTERM");
    await Promise.all(clients.map(({ closed }) => closed));
    const tally = sumOf(clients);
    tallies.push(code === 0 ? tally : { ...tally, lost: tally.lost + 1 });
  }
  return sumOf(tallies);
}

/** Loads new versions under load, each with a different model than the one before. */
export async function reloadDrill(times: number): Promise<DrillResult> {
  const references = await Promise.all(MODELS.map(referenceOf));
  const root = scratch();
  const modelOf = (version: number): number => version % MODELS.length;
  const put = (version: number): void => {
    const folder = join(root, "digits", String(version));
    mkdirSync(folder, { recursive: true });
    copyFileSync(digits(MODELS[modelOf(version)] ?? ""), join(folder, "model.onnx"));
  };
  put(1);
  const uri = join(root, "digits/1/model.onnx");
  const settings = settingsFor("", { model: { uri, root, version: "1" }, repository: { control: true } });
  const server = new ServerProcess(settings);
  await server.waitForLog("ready");
  const all = Object.fromEntries(
    Array.from({ length: times + 1 }, (_, i) => [String(i + 1), references[modelOf(i + 1)] ?? []]),
  );
  const clients = startClients(server, checkAgainst(all));
  for (let version = 2; version <= times + 1; version++) {
    await moreAnswers(clients, ANSWERS_BETWEEN);
    put(version);
    const loaded = await post(`${server.url}/v2/repository/models/digits/load`, {});
    if (loaded.status !== 200) throw new Error(await loaded.text());
  }
  return finish(server, clients);
}

/** Kills worker threads under load: each is replaced, and its request is computed again. */
export async function workerDrill(times: number): Promise<DrillResult> {
  const reference = await referenceOf("1.1.0");
  const server = new ServerProcess(settingsFor(digits("1.1.0"), { workers: { count: 2, aboveSeconds: 0 } }), {
    NODE_OPTIONS: `--import=${join(__dirname, "../support/end-workers.mjs")}`,
  });
  await server.waitForLog("ready");
  const clients = startClients(server, checkAgainst({ "1.1.0": reference }));
  const replaced = (): number => server.log.filter(({ msg }) => msg === "a worker thread was replaced").length;
  for (let kill = 1; kill <= times; kill++) {
    await moreAnswers(clients, ANSWERS_BETWEEN);
    server.signal("SIGUSR2");
    await until(() => replaced() >= kill, `worker ${kill} was replaced`);
  }
  return finish(server, clients);
}

async function finish(server: ServerProcess, clients: readonly SteadyClient[]): Promise<DrillResult> {
  await moreAnswers(clients, ANSWERS_BETWEEN);
  await Promise.all(clients.map((client) => client.end()));
  await server.stop("SIGTERM");
  return sumOf(clients);
}

function startClients(server: ServerProcess, isRight: Check): SteadyClient[] {
  return Array.from({ length: CLIENTS }, () => new SteadyClient(server.port, isRight, REQUESTS));
}

/** The outputs of an undisturbed server, request by request. */
async function referenceOf(version: string): Promise<readonly string[]> {
  const server = await serve(digits(version), { model: { version } });
  const outputs: string[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    outputs.push(JSON.stringify((await infer(server.url, requestFor(i))).outputs));
  }
  await server.stop("SIGTERM");
  return outputs;
}

/** Compares an answer with that of an undisturbed server of the same version. */
function checkAgainst(references: Readonly<Record<string, readonly string[]>>): Check {
  return (request, body) => {
    const { model_version: version, outputs } = JSON.parse(body);
    return references[version]?.[request % REQUESTS] === JSON.stringify(outputs);
  };
}

async function moreAnswers(clients: readonly SteadyClient[], answers: number): Promise<void> {
  const before = clients.map(({ answered }) => answered);
  const have = (): boolean =>
    clients.every((client, i) => client.answered + client.lost + client.wrong >= (before[i] ?? 0) + answers);
  await until(have, "every client was answered");
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  for (const since = Date.now(); !isSo(); await delay(5)) {
    if (Date.now() - since > 30_000) throw new Error(`Timed out after 30 s: ${what}.`);
  }
}

function sumOf(tallies: readonly DrillResult[]): DrillResult {
  const sum = (count: keyof DrillResult): number => tallies.reduce((total, tally) => total + tally[count], 0);
  return { answered: sum("answered"), lost: sum("lost"), wrong: sum("wrong") };
}
