import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** A command, and how to find out that it answers. */
export interface Program {
  readonly command: readonly [string, ...string[]];
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** A URL that answers with 200 once the program is ready. */
  readonly ready: string;
}

const TICKS_PER_SECOND = 100;
const START_SECONDS = 120;

/** A server process that may use one core. */
export class PinnedProcess {
  private output = "";

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => (this.output += String(text)));
  }

  /** Resolves once the program is running; it may not answer yet. */
  static spawn({ command, folder, environment }: Program, core: number): PinnedProcess {
    const options = {
      cwd: folder,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"] as const,
    };
    const child = spawn("taskset", ["-c", String(core), ...command], { ...options, stdio: [...options.stdio] });
    return new PinnedProcess(child);
  }

  static async start(program: Program, core: number): Promise<PinnedProcess> {
    const started = PinnedProcess.spawn(program, core);
    await started.answers(program.ready);
    return started;
  }

  /** Resolves once a URL is answered with 200. */
  async answers(url: string): Promise<void> {
    for (const until = Date.now() + START_SECONDS * 1000; Date.now() < until; await delay(50)) {
      if (this.child.exitCode !== null) break;
      const status = await fetch(url).then(
        (response) => response.status,
        () => 0,
      );
      if (status === 200) return;
    }
    await this.stop();
    throw new Error(`it did not answer: ${this.output.trim().slice(-500)}`);
  }

  /** Whether it has written something. */
  said(text: string): boolean {
    return this.output.includes(text);
  }

  /** Seconds of CPU that it and its children have used. */
  get cpuSeconds(): number {
    return ticksOf(this.child.pid ?? 0) / TICKS_PER_SECOND;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, "exit");
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 5000);
    await exited;
    clearTimeout(timer);
  }
}

function ticksOf(pid: number): number {
  // After the name, which may hold anything, utime is the 12th field and stime the 13th.
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  const own = Number(fields[11]) + Number(fields[12]);
  return children === "" ? own : own + children.split(" ").reduce((sum, child) => sum + ticksOf(Number(child)), 0);
}
