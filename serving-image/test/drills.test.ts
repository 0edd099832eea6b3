import { reloadDrill, stopDrill, workerDrill } from "./drill/drills";
import { cleanUp } from "./support/server-process";

afterAll(cleanUp);

// `npm run drill:serving` repeats each of these twenty times.
test.each([
  ["stopping a server", stopDrill],
  ["loading a new version", reloadDrill],
  ["killing a worker", workerDrill],
])("%s, three times under load, neither loses nor changes an answer", async (_what, drill) => {
  const { answered, lost, wrong } = await drill(3);
  expect({ lost, wrong }).toEqual({ lost: 0, wrong: 0 });
  expect(answered).toBeGreaterThan(900);
});
