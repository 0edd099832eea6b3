import { requestFor } from "../support/samples";
import { cleanUp, digits, serve, type ServerProcess } from "../support/server-process";
import { Fuzzer, goodLatency } from "./fuzzer";

const AT_A_TIME = 8;

/** `npm run fuzz:serving [COUNT] [SEED]`: sends malformed requests, and measures how they affect concurrent good ones. */
async function main(count: number, seed: number): Promise<void> {
  const server = await serve(digits("1.1.0"), { http: { predictPath: "/predict", bodyLimitBytes: 2 ** 20 } });
  const body = JSON.stringify(requestFor(0));
  const alone = await timed(server, body, () => new Promise((resolve) => setTimeout(resolve, 3000)));
  const busy = await timed(server, body, () => goodLoad(server, body, Date.now() + 5000));
  const fuzzer = new Fuzzer(server, seed);
  const since = Date.now();
  const underFuzz = await timed(server, body, () => fuzzer.run(count, AT_A_TIME));
  console.log(`${count} malformed requests, seed ${seed}, in ${((Date.now() - since) / 1000).toFixed(1)} s:`);
  for (const [outcome, times] of [...fuzzer.outcomes].sort(([, a], [, b]) => b - a)) {
    console.log(`  ${String(times).padStart(6)}  ${outcome}`);
  }
  const ms = (seconds: number): string => `${(seconds * 1000).toFixed(2)} ms`;
  console.log(`good requests, median: ${ms(alone)} alone, ${ms(busy)} with ${AT_A_TIME} senders of good ones,`);
  console.log(`  ${ms(underFuzz)} with ${AT_A_TIME} senders of malformed ones`);
  for (const failure of fuzzer.failures.slice(0, 20)) console.log(`FAILED ${failure}`);
  fuzzer.close();
  const code = await server.stop("SIGTERM");
  console.log(`${fuzzer.failures.length} server errors; the server exited with ${code}`);
  if (fuzzer.failures.length > 0 || code !== 0 || underFuzz > 2 * Math.max(alone, busy)) process.exitCode = 1;
}

async function timed(server: ServerProcess, body: string, work: () => Promise<unknown>): Promise<number> {
  let isOver = false;
  const latency = goodLatency(server, body, () => isOver);
  await work();
  isOver = true;
  return latency;
}

async function goodLoad(server: ServerProcess, body: string, until: number): Promise<void> {
  const sender = async (): Promise<void> => {
    while (Date.now() < until) {
      await (await fetch(`${server.url}/v2/models/digits/infer`, { method: "POST", body })).text();
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, sender));
}

void main(Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 1)).finally(cleanUp);
