import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { StartUpError } from "../../core/start-up-error";
import { externalFilesOf } from "./external-files";
import type { ExternalFilesReply, ExternalFilesTask } from "./external-files-messages";

/** Reading the graph of a smaller file takes no longer than starting a thread. */
const IN_LOOP_BYTES = 2 ** 19;

/**
 * The external data of a model, without blocking the event loop: a graph of 40,000 nodes takes half a second to read, and
 * requests are answered meanwhile.
 */
export async function readExternalFiles(path: string, uri: string): Promise<readonly string[]> {
  const { size } = await stat(path);
  if (size <= IN_LOOP_BYTES) return externalFilesOf(path, uri);
  const task: ExternalFilesTask = { path, uri };
  const worker = new Worker(join(__dirname, "external-files-worker.js"), { workerData: task });
  const reply = await new Promise<ExternalFilesReply>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`the thread that reads the graph exited with code ${code}`)));
  });
  if (reply.kind === "refused") throw new StartUpError(reply.problems);
  return reply.files;
}
