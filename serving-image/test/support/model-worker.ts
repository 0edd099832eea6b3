import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Tensors } from "../../src/protocol/datatypes";

/** Runs models in a thread, one after the other. */
export class ModelWorker {
  private readonly worker = new Worker(join(__dirname, "run-model.mjs"));

  /** Loads a model and computes these requests, one after the other. */
  async run(path: string, requests: readonly Tensors[]): Promise<readonly Tensors[]> {
    this.worker.postMessage({ path, requests });
    const [{ results, error }] = (await once(this.worker, "message")) as [{ results?: Tensors[]; error?: string }];
    if (results) return results;
    throw new Error(error);
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}
