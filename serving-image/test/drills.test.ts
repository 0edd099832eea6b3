import { reloadDrill, stopDrill, workerDrill } from "./drill/drills";
import { cleanUp } from "./support/server-process";

afterAll(cleanUp);

// The same twenty times: npm run drill:serving.
test.each([
  ["a server that is told to stop", stopDrill],
  ["versions that take over from one another", reloadDrill],
  ["workers that end", workerDrill],
])("%s, three times under load: no answer is lost, and each is that of an undisturbed server", async (_what, drill) => {
  const { answered, lost, wrong } = await drill(3);
  expect({ lost, wrong }).toEqual({ lost: 0, wrong: 0 });
  expect(answered).toBeGreaterThan(900);
});
