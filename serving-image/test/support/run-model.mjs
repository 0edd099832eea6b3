// A worker that runs models: the runtime accepts only arrays of its own realm, and Jest's tests have another one.
import { parentPort } from "node:worker_threads";
import { loadSession } from "../../dist/model/session.js";

parentPort.on("message", async ({ path, requests }) => {
  try {
    const session = await loadSession(path, { threads: 1, keepsMemory: true });
    const names = session.signature.outputs.map(({ name }) => name);
    const results = [];
    for (const inputs of requests) results.push((await session.run(inputs, names)).outputs);
    await session.release();
    parentPort.postMessage({ results });
  } catch (error) {
    parentPort.postMessage({ error: String(error) });
  }
});
