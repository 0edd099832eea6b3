import { median } from "../report";
import type { Contender } from "./contenders";
import { loadGrpc, loadHttp, type LoadResult, type LoadSettings } from "./load";
import type { PinnedProcess } from "./pinned-process";

/** A contender that runs. */
export interface Running extends Contender {
  readonly process: PinnedProcess;
}

/** Medians over the rounds. */
export interface Measured {
  readonly name: string;
  readonly connections: number;
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** CPU seconds of the server for 10,000 requests. */
  readonly cpu: number;
  readonly failed: number;
}

type Round = LoadResult & { readonly cpu: number };

/** Loads every contender in turn, round after round, so that other load on the machine affects all of them equally. */
export async function measure(
  contenders: readonly Running[],
  load: LoadSettings,
  rounds: number,
  scratch: string,
): Promise<Measured[]> {
  const found = new Map<Running, Round[]>(contenders.map((contender) => [contender, []]));
  for (const contender of contenders) await loadOnce(contender, { ...load, seconds: 1 }, scratch);
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) found.get(contender)?.push(await loadOnce(contender, load, scratch));
  }
  return contenders.map((contender) => summary(contender.name, load.connections, found.get(contender) ?? []));
}

async function loadOnce({ ask, process }: Running, load: LoadSettings, scratch: string): Promise<Round> {
  const before = process.cpuSeconds;
  const result = await ("grpc" in ask ? loadGrpc(ask, load, scratch) : loadHttp(ask, load, scratch));
  return { ...result, cpu: ((process.cpuSeconds - before) / result.requests) * 10_000 };
}

function summary(name: string, connections: number, rounds: readonly Round[]): Measured {
  const of = (value: (round: Round) => number): number => median(rounds.map(value));
  return {
    name,
    connections,
    requestsPerSecond: of(({ requests, seconds }) => requests / seconds),
    p50: of(({ p50 }) => p50),
    p95: of(({ p95 }) => p95),
    p99: of(({ p99 }) => p99),
    cpu: of(({ cpu }) => cpu),
    failed: rounds.reduce((sum, { failed }) => sum + failed, 0),
  };
}
