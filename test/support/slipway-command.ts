import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");
const LAUNCHER = join(ROOT, "bin", "slipway.js");

/** How a command ended. */
export interface Ended {
  /** Exit code; missing when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when the command has written this text to its output. */
  saying(text: string): Promise<void>;
  /** The output of the command so far. */
  said(): string;
}

/** The environment without the variables of the tests themselves, of which the server would warn. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("SLIPWAY_")));

/** A temporary directory in which commands run, and which lists what they leave behind. */
export class CommandFolder {
  readonly path = mkdtempSync(join(tmpdir(), "slipway-command-test-"));
  private readonly scratch = join(this.path, "tmp");

  constructor() {
    mkdirSync(this.scratch);
  }

  write(name: string, text: string): string {
    writeFileSync(join(this.path, name), text);
    return name;
  }

  /** Starts the built `slipway`, as a user would. */
  start(...args: string[]): Running {
    const child = spawn(process.execPath, [LAUNCHER, ...args], {
      cwd: this.path,
      env: { ...environment(), TMPDIR: this.scratch, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output.stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (output.stderr += chunk));
    const ended = new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, ...output })));
    const saying = (text: string) =>
      new Promise<void>((resolve, reject) => {
        const check = () => output.stdout.includes(text) && resolve();
        child.stdout.on("data", check);
        child.once("close", () => reject(new Error(`ended without writing "${text}":\n${output.stderr}`)));
        check();
      });
    return { process: child, ended, saying, said: () => output.stdout };
  }

  /** Runs `slipway` to its end. */
  run(...args: string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  /** Files that commands have left in the temporary directory of the system. */
  leftovers(): string[] {
    return readdirSync(this.scratch);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Running processes that a process has started. */
export function childrenOf(parent: number): number[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([pid, of]) => of === parent && pid !== undefined && isAlive(pid))
    .map(([pid]) => pid as number);
}

/** Whether a process is running. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits a while for processes to end: a killed process stays listed until its parent has collected it. */
export async function survivors(pids: readonly number[]): Promise<number[]> {
  for (let tries = 0; tries < 60 && pids.some(isAlive); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return pids.filter(isAlive);
}
