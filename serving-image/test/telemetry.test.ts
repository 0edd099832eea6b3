import { readdirSync } from "node:fs";
import { cleanUp, digits, scratch, ServerProcess, settingsFor } from "./support/server-process";

afterAll(cleanUp);

test("the runtime neither keeps nor sends reports of its use", async () => {
  const folder = scratch();
  const server = new ServerProcess(settingsFor(digits("1.1.0")), { TMPDIR: folder });
  await server.saw("ready");
  expect(await server.stop("SIGTERM")).toBe(0);
  // Where reports are on, their queue and its log lie here.
  expect(readdirSync(folder)).toEqual([]);
});
