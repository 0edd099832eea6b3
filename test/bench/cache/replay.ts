import { Agent, request } from "node:http";
import { zipf } from "./zipf";

export interface Replay {
  readonly requests: number;
  readonly things: number;
  /** Share of the requests for which the model did not run. */
  readonly hitRate: number;
}

const [THINGS, REQUESTS, CLIENTS] = [10_000, 50_000, 16];

/** Requests items as often as from a long-tailed catalog, and counts the hits. */
export async function replayZipf(base: string): Promise<Replay> {
  const draws = zipf(THINGS, REQUESTS);
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const outcomes = new Map<string, number>();
  let next = 0;
  const client = async (): Promise<void> => {
    for (let thing = draws[next++]; thing !== undefined; thing = draws[next++]) {
      const outcome = await ask(`${base}/v2/models/digits/infer`, thing, agent);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  agent.destroy();
  const avoided = (outcomes.get("hit") ?? 0) + (outcomes.get("shared") ?? 0);
  return { requests: REQUESTS, things: THINGS, hitRate: avoided / REQUESTS };
}

/** Resolves with the outcome of the cache for the request. */
function ask(url: string, thing: number, agent: Agent): Promise<string> {
  const data = [...Array<number>(63).fill(0), thing];
  const body = JSON.stringify({ inputs: [{ name: "image", datatype: "FP32", shape: [1, 64], data }] });
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent }, (response) => {
      response.resume().on("end", () => resolve(String(response.headers["slipway-cache"])));
      if (response.statusCode !== 200) reject(new Error(`A request was answered with ${response.statusCode}.`));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
