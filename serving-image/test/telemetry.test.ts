import { readdirSync } from "node:fs";
import { cleanUp, digits, scratch, ServerProcess, settingsFor } from "./support/server-process";

afterAll(cleanUp);

test("the runtime neither stores nor sends telemetry", async () => {
  const folder = scratch();
  const server = new ServerProcess(settingsFor(digits("1.1.0")), { TMPDIR: folder });
  await server.waitForLog("ready");
  expect(await server.stop("SIGTERM")).toBe(0);
  // With telemetry, the runtime writes its queue and log to this folder.
  expect(readdirSync(folder)).toEqual([]);
});
