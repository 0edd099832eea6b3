import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { CONTRACT } from "../../core/contract";
import { DriverError } from "../common/driver-error";
import { ServerLog } from "../server-process/server-log";
import type { ServedModel } from "./served-model";

const GUARD = require.resolve("../server-process/orphan-guard");

/** How a server on this machine is started. */
export interface LocalServerOptions {
  /** Path of the program that the image runs. */
  readonly program: string;
  readonly model: ServedModel;
  /** Where the server reads the model from; a local file is linked to another path. */
  readonly readsFrom: string;
  /** Folder under which the server keeps model files. */
  readonly root: string;
  /** Folder for temporary files. */
  readonly tmp: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** 0: any free one. */
  readonly grpcPort: number;
  /** The server's settings file. */
  readonly config?: string;
  /** Receives each line of the server's log. */
  readonly onLine: (line: LogLine, text: string) => void;
}

/** A line of the server's log. */
export interface LogLine {
  readonly level?: string;
  readonly msg?: string;
  readonly port?: number;
}

/** The bundled server as a process of this machine, with this process's environment. */
export class LocalServer {
  port = 0;
  /** Missing if the settings disable gRPC. */
  grpcPort: number | undefined;
  /** Settles with the exit code when the process has ended. */
  readonly ended: Promise<number>;
  private readonly child: ChildProcess;
  private readonly errors = new ServerLog();
  private hasEnded = false;

  private constructor(private readonly options: LocalServerOptions) {
    const { env } = CONTRACT;
    const { program, model, readsFrom, host, port, grpcPort, root, tmp, config } = options;
    this.child = spawn(process.execPath, ["--require", GUARD, program], {
      env: {
        ...process.env,
        ...(config !== undefined && { [env.config]: config }),
        TMPDIR: tmp,
        [env.host]: host,
        [env.httpPort]: String(port),
        [env.grpcPort]: String(grpcPort),
        [env.modelName]: model.name,
        [env.modelVersion]: model.version,
        [env.modelUri]: readsFrom,
        [env.modelRoot]: root,
        [env.logLevel]: "info",
      },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // In a process group of its own: Ctrl-C in the terminal reaches only this process, which then lets the server drain.
      detached: true,
    });
    this.ended = new Promise((resolve) => {
      this.child.once("error", () => resolve(1));
      // Not "exit": its last output must have been read.
      this.child.once("close", (code) => resolve(code ?? 1));
    });
    void this.ended.then(() => (this.hasEnded = true));
    this.child.stderr?.setEncoding("utf8").on("data", (chunk: string) => this.errors.write(chunk));
  }

  /** Starts a server; resolves when its model is ready. */
  static async start(options: LocalServerOptions, signal: AbortSignal): Promise<LocalServer> {
    const server = new LocalServer(options);
    const stop = () => server.stop();
    signal.addEventListener("abort", stop, { once: true });
    await Promise.race([server.untilReady(), server.ended]);
    signal.removeEventListener("abort", stop);
    if (!server.hasEnded) return server;
    signal.throwIfAborted();
    throw server.failure();
  }

  /** Why it ended: the reason that the server gave, or else the last lines that it wrote. */
  failure(): DriverError {
    const { model, readsFrom } = this.options;
    const fatal = this.errors.fatalMessage()?.replaceAll(readsFrom, model.uri);
    return fatal === undefined
      ? new DriverError("the server ended unexpectedly", this.errors.last(10))
      : new DriverError(fatal);
  }

  /** Lets the server finish its requests and end. */
  stop(): void {
    this.child.kill("SIGTERM");
  }

  private untilReady(): Promise<void> {
    return new Promise((resolve) => {
      createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on("line", (text) => {
        const line = readLine(text);
        this.options.onLine(line, text);
        if (line.msg === "listening") this.port = line.port ?? 0;
        if (line.msg === "listening for gRPC") this.grpcPort = line.port;
        if (line.msg === "ready") resolve();
      });
    });
  }
}

function readLine(text: string): LogLine {
  try {
    return Object(JSON.parse(text)) as LogLine;
  } catch {
    return {};
  }
}
