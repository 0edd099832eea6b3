// Loaded into the server process, and into its worker threads, before anything else: each SIGUSR2 lets the worker that
// was started first fail, as soon as it is between two runs.
import process from "node:process";
import { isMainThread, parentPort } from "node:worker_threads";

const FAIL = "fail";

if (isMainThread) {
  const workers = [];
  process.on("worker", (worker) => workers.push(worker));
  process.on("SIGUSR2", () => workers.shift()?.postMessage(FAIL));
} else {
  parentPort.on("message", (message) => {
    if (message === FAIL) throw new Error("a test lets it fail");
  });
}
