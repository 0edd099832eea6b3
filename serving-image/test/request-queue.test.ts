import fc from "fast-check";
import { RequestQueue, type QueuedRequest } from "../src/model/request-queue";

const RUN_MS = 100;

function request(priority: number, queuedAt: number): QueuedRequest {
  return {
    request: { inputs: {}, rows: 1, outputs: [], priority },
    queuedAt,
    deadline: Infinity,
    caller: { isGone: () => false },
    callback: { resolve: () => undefined, reject: () => undefined },
  };
}

/** Takes one request for each run, while more urgent ones arrive as fast as they are taken. */
function runsUntilTaken(queue: RequestQueue, one: QueuedRequest, urgent: number, from: number): number {
  for (let run = 1, now = from; ; run++, now += RUN_MS) {
    if (queue.take(1, now).includes(one)) return run;
    for (let i = 0; i < urgent; i++) queue.add(request(1, now));
    if (run > 10_000) return Infinity;
  }
}

test("a request with the lowest priority is computed, however many urgent ones arrive", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 50 }), (urgent, ahead) => {
      const queue = new RequestQueue();
      for (let i = 0; i < ahead; i++) queue.add(request(1, 0));
      const lowest = request(2 ** 32 - 1, 0);
      queue.add(lowest);
      // After five seconds each eighth run is for the one that has waited longest; those ahead of it have waited as long.
      const runs = runsUntilTaken(queue, lowest, urgent, 0);
      expect(runs).toBeLessThanOrEqual(5000 / RUN_MS + 8 * (ahead + 3));
    }),
    { numRuns: 30 },
  );
});

test("within five seconds, only priority and arrival decide", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 40 }), (priorities) => {
      const queue = new RequestQueue();
      const all = priorities.map((priority, i) => request(priority, i));
      for (const one of all) queue.add(one);
      const taken = all.map(() => queue.take(1, 4900)[0]);
      expect(taken).toEqual([...all].sort((a, b) => (a.request.priority ?? 0) - (b.request.priority ?? 0)));
    }),
  );
});

test("seven of eight runs are still by priority when every request has waited for long", () => {
  const queue = new RequestQueue();
  for (let i = 0; i < 80; i++) queue.add(request(i % 2 === 0 ? 1 : 9, i));
  const urgentFirst = Array.from({ length: 40 }, () => queue.take(1, 1e6)[0]?.request.priority);
  expect(urgentFirst.filter((priority) => priority === 1).length).toBeGreaterThanOrEqual(35);
});
