import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "./core/log";
import { isAnyThreadBusy } from "./model/workers/thread-channel";

/** A thread that loads a model, or computes a short run, is done within this time. */
const LONGEST_WAIT_MS = 3000;
const POLL_MS = 10;

/**
 * Ends the process. While a thread is inside the runtime, an orderly exit would wait for its run, however long that takes,
 * and then crash; so it is waited for only for a few seconds.
 */
export async function exit(code: number, log: Log, longestWaitMs = LONGEST_WAIT_MS): Promise<void> {
  for (let waited = 0; isAnyThreadBusy() && waited < longestWaitMs; waited += POLL_MS) await delay(POLL_MS);
  if (isAnyThreadBusy()) {
    log.warn({ code }, "a run of a model did not end, so the process ends itself with SIGKILL");
    process.kill(process.pid, "SIGKILL");
  }
  process.exit(code);
}
