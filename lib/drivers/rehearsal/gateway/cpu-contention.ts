import { closeSync, openSync, readSync } from "node:fs";
import type { Cleanup } from "../cleanup";
import type { ModelServer } from "../servers/model-server";

/** Above this share of waiting for a processor, the latency of an answer says nothing about the model. */
const MAX_WAITING_SHARE = 0.2;

/**
 * Tells the time that a version needs from the time that other programs take from it. Without that, on a machine without
 * spare processors, a version would be judged by whatever else runs there.
 */
export class CpuContention {
  private readonly own: ProcessorWait;
  private readonly servers: ReadonlyMap<string, ProcessorWait>;

  constructor(
    servers: readonly ModelServer[],
    /** Waiting for no longer than this changes no verdict. */
    private readonly negligibleMs: number,
    cleanup: Cleanup,
  ) {
    this.own = ProcessorWait.of(process.pid);
    this.servers = new Map(servers.map(({ track, pid }) => [track.name, ProcessorWait.of(pid)]));
    cleanup.add(() => [this.own, ...this.servers.values()].forEach((wait) => wait.close()));
  }

  /** Starts to time an answer of a track. */
  startTimer(track: string): AnswerTimer {
    return new AnswerTimer(
      () => this.waitedMs(track),
      (seconds, waitedMs) => waitedMs > Math.max(this.negligibleMs, seconds * 1000 * MAX_WAITING_SHARE),
    );
  }

  /** Time that an answer of a track may have waited for processors until now; only differences count. */
  private waitedMs(track: string): number {
    return this.own.milliseconds() + (this.servers.get(track)?.milliseconds() ?? 0);
  }
}

/** The latency of one answer, and whether it says something about the track. */
export interface AnswerTime {
  readonly seconds: number;
  readonly isDistorted: boolean;
}

/** Times one answer. */
class AnswerTimer {
  private readonly startedAt = performance.now();
  private waitedBefore: number;

  constructor(
    private readonly waitedMs: () => number,
    private readonly isDistorted: (seconds: number, waitedMs: number) => boolean,
  ) {
    this.waitedBefore = waitedMs();
  }

  /** Called after an injected delay: waiting for a processor during the delay did not slow the answer down. */
  ignoreWaitingSoFar(): void {
    this.waitedBefore = this.waitedMs();
  }

  stop(): AnswerTime {
    const seconds = (performance.now() - this.startedAt) / 1000;
    return { seconds, isDistorted: this.isDistorted(seconds, this.waitedMs() - this.waitedBefore) };
  }
}

/** How long the main thread of a process was ready to run but waited for a processor. Always 0 on systems other than Linux. */
class ProcessorWait {
  private readonly buffer = Buffer.alloc(64);
  private last = 0;

  private constructor(private readonly file: number | undefined) {}

  static of(pid: number): ProcessorWait {
    try {
      return new ProcessorWait(openSync(`/proc/${pid}/schedstat`, "r"));
    } catch {
      return new ProcessorWait(undefined);
    }
  }

  /** Since the process started. */
  milliseconds(): number {
    if (this.file === undefined) return 0;
    try {
      const length = readSync(this.file, this.buffer, 0, this.buffer.length, 0);
      // Three numbers: nanoseconds on a processor, nanoseconds waiting for one, and the number of time slices.
      this.last = Number(this.buffer.toString("latin1", 0, length).split(" ")[1]) / 1e6;
    } catch {
      // The process has ended and no longer waits.
    }
    return this.last;
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
  }
}
