import type { Cleanup } from "../cleanup";
import type { ModelServer } from "../servers/model-server";
import { ProcessorWait } from "./processor-wait";

/** Of an answer's time, the share that may be waiting for a processor; more says nothing of the model any longer. */
const LARGEST_SHARE = 0.2;

/**
 * Tells the time that a version needs from the time that other programs take from it. On a machine that has no processors
 * to spare, a version would else be judged by what happens to run beside it.
 */
export class BusyMachine {
  private readonly own: ProcessorWait;
  private readonly servers: ReadonlyMap<string, ProcessorWait>;

  constructor(
    servers: readonly ModelServer[],
    /** Waiting for no longer than this changes no verdict. */
    private readonly harmlessMs: number,
    cleanup: Cleanup,
  ) {
    this.own = ProcessorWait.of(process.pid);
    this.servers = new Map(servers.map(({ track, pid }) => [track.name, ProcessorWait.of(pid)]));
    cleanup.add(() => [this.own, ...this.servers.values()].forEach((wait) => wait.close()));
  }

  /** Milliseconds that an answer of a track could have waited for processors until now; only differences count. */
  waited(track: string): number {
    return this.own.milliseconds() + (this.servers.get(track)?.milliseconds() ?? 0);
  }

  /** Whether too much of an answer's time was waiting for a processor. */
  spoils(seconds: number, waitedMs: number): boolean {
    return waitedMs > Math.max(this.harmlessMs, seconds * 1000 * LARGEST_SHARE);
  }
}
