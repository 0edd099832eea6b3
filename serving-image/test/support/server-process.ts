import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ServerSettings } from "../../src/config/settings";

const MAIN = join(__dirname, "../../dist/main.js");
const DIGITS = join(__dirname, "../../../examples/digits-canary");

export type LogLine = Readonly<Record<string, unknown>>;

export const SAMPLES = join(DIGITS, "samples.json");
export const digits = (version: string): string => join(DIGITS, "models/digits", version, "model.onnx");
export const tiny = (name: string): string => join(__dirname, "../models", `${name}.onnx`);

// Processes start slowly on a busy machine. Drills run without Jest.
if (typeof jest !== "undefined") jest.setTimeout(60_000);

const folders: string[] = [];

/** Creates an empty folder that is deleted after the test file. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "slipway-serving-"));
  folders.push(folder);
  return folder;
}

/** Stops the processes of a test file and deletes its folders. */
export async function cleanUp(): Promise<void> {
  await Promise.all([...running].map((server) => server.stop("SIGKILL")));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A real server process. */
export class ServerProcess {
  readonly log: LogLine[] = [];
  stderr = "";
  private readonly child: ChildProcess;
  private readonly exited: Promise<number | null>;

  constructor(settings: ServerSettings, environment: NodeJS.ProcessEnv = {}, args: readonly string[] = []) {
    const config = join(scratch(), "server.json");
    writeFileSync(config, JSON.stringify(settings));
    this.child = spawn(process.execPath, [MAIN, ...args], {
      env: { PATH: process.env.PATH, SLIPWAY_CONFIG: config, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.exited = once(this.child, "close").then(([code]: (number | null)[]) => code ?? null);
    void this.exited.then(() => running.delete(this));
    running.add(this);
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    let rest = "";
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.log.push(JSON.parse(line));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get port(): number {
    return Number(this.line("listening")?.port);
  }

  get grpcPort(): number {
    return Number(this.line("listening for gRPC")?.port);
  }

  line(message: string): LogLine | undefined {
    return this.log.find(({ msg }) => msg === message);
  }

  /** Waits for a log line with this message. */
  async waitForLog(message: string): Promise<LogLine> {
    while (this.child.exitCode === null && this.child.signalCode === null) {
      const line = this.line(message);
      if (line) return line;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`The server ended before it logged "${message}": ${this.stderr}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves with the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.exited;
  }

  /** Resolves with the exit code once the process exits by itself. */
  ended(): Promise<number | null> {
    return this.exited;
  }
}

const running = new Set<ServerProcess>();

export function settingsFor(file: string, more: ServerSettings = {}): ServerSettings {
  return {
    ...more,
    http: { host: "127.0.0.1", port: 0, ...more.http },
    grpc: { port: 0, ...more.grpc },
    model: { name: "digits", version: "1.1.0", uri: pathToFileURL(file).href, root: scratch(), ...more.model },
  };
}

/** Starts a server and waits until it is ready. */
export async function serve(file: string, more: ServerSettings = {}): Promise<ServerProcess> {
  const server = new ServerProcess(settingsFor(file, more));
  await server.waitForLog("ready");
  return server;
}
