import { parentPort, Worker, workerData } from "node:worker_threads";
import type { LoadReply, RunReply, WorkerMessage, WorkerTask } from "./worker-messages";

/** The connection of a worker to the process that started it. */
interface WorkerPort {
  readonly task: WorkerTask;
  send(reply: LoadReply | RunReply, memory: ArrayBuffer[]): void;
  onMessage(listener: (message: WorkerMessage) => void): void;
  /** Once it is closed, the worker has nothing left to do and exits. */
  close(): void;
}

/** The port of a worker thread, or else of a worker process. */
export function openPort(): WorkerPort {
  if (!parentPort) return processPort();
  const port = parentPort;
  return {
    task: workerData,
    send: (reply, memory) => port.postMessage(reply, memory),
    onMessage: (listener) => port.on("message", listener),
    close: () => port.close(),
  };
}

function processPort(): WorkerPort {
  exitWithParent();
  return {
    task: JSON.parse(process.argv[2] ?? "{}"),
    send: (reply) => process.send?.(reply),
    onMessage: (listener) => process.on("message", listener),
    close: () => process.disconnect(),
  };
}

/**
 * Ends this process when the server ends, even while the model computes: a thread of its own watches whether the parent
 * still exists. Signals to the process group, such as Ctrl+C in a terminal, are left to the server, which drains first.
 */
function exitWithParent(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
  process.once("disconnect", () => process.exit());
  const watch = `const parent = process.ppid;
    setInterval(() => process.ppid === parent || process.kill(process.pid, "SIGKILL"), 500);`;
  new Worker(watch, { eval: true, stdout: true, stderr: true }).unref();
}
