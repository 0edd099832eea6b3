import { closeSync, openSync, readSync } from "node:fs";

/**
 * How long the main thread of a process has waited for a processor while it had something to do, as Linux counts it.
 * Other systems do not tell; there it is always 0.
 */
export class ProcessorWait {
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

  /** In milliseconds, since the process began. */
  milliseconds(): number {
    if (this.file === undefined) return 0;
    try {
      const length = readSync(this.file, this.buffer, 0, this.buffer.length, 0);
      // Three numbers: nanoseconds on a processor, nanoseconds waiting for one, and how often.
      this.last = Number(this.buffer.toString("latin1", 0, length).split(" ")[1]) / 1e6;
    } catch {
      // The process has ended: it waits no more.
    }
    return this.last;
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
  }
}
