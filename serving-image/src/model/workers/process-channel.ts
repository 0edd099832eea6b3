import { fork } from "node:child_process";
import { join } from "node:path";
import { reasonOf } from "../../core/start-up-error";
import type { ChannelListener, WorkerChannel } from "./channel";
import type { LoadReply, RunReply, WorkerTask } from "./worker-messages";

/** The ids of the worker processes. */
const running = new Set<number>();

export function workerProcessIds(): ReadonlySet<number> {
  return running;
}

/** Starts a worker process. */
export function openProcess(task: WorkerTask, { onReply, onExit }: ChannelListener): WorkerChannel {
  const child = fork(join(__dirname, "worker.js"), [JSON.stringify(task)], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const { pid = 0 } = child;
  running.add(pid);
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.on("message", (reply) => onReply(reply as LoadReply | RunReply));
  child.on("error", (error) => onExit(reasonOf(error)));
  child.on("exit", (code, signal) => {
    running.delete(pid);
    onExit(signal ? `signal ${signal}` : `exit code ${code}`);
  });
  return {
    // A message to a process that has just exited is lost; its exit is reported as well.
    send: (message) => child.send(message, () => undefined),
    kill: () => child.kill("SIGKILL"),
    exited,
  };
}
