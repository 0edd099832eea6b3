import { parentPort, workerData } from "node:worker_threads";
import { StartUpError } from "../../core/start-up-error";
import { externalFilesOf } from "./external-files";
import type { ExternalFilesReply, ExternalFilesTask } from "./external-files-messages";

/** The main function of a thread that reads one graph. */
function read({ path, uri }: ExternalFilesTask): ExternalFilesReply {
  try {
    return { kind: "read", files: externalFilesOf(path, uri) };
  } catch (error) {
    if (error instanceof StartUpError) return { kind: "refused", problems: error.problems };
    throw error;
  }
}

parentPort?.postMessage(read(workerData));
