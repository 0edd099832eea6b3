import fc from "fast-check";
import { createLog } from "../src/core/log";
import { type ClientConnection, UnsentResponses } from "../src/core/unsent-responses";

const LIMITS = { sendTimeoutSeconds: 30, maxUnsentBytes: 1_000_000, maxUnsentBytesPerConnection: 500_000 };

interface Step {
  readonly client: number;
  readonly action: "respond" | "read" | "leave";
  readonly bytes: number;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    client: fc.nat({ max: 4 }),
    action: fc.constantFrom("respond" as const, "respond" as const, "read" as const, "leave" as const),
    bytes: fc.integer({ min: 1, max: 600_000 }),
  }),
  { maxLength: 60 },
);

test("the count is exact and within the limits, whatever clients request, read and abandon", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const unsent = new UnsentResponses(LIMITS, createLog("silent"));
      const clients: readonly ClientConnection[] = Array.from({ length: 5 }, () => ({
        bytesWritten: 0,
        destroy: () => undefined,
      }));
      const waiting = [0, 0, 0, 0, 0];
      const sum = (): number => waiting.reduce((total, bytes) => total + bytes, 0);
      for (const { client, action, bytes } of all) {
        const connection = clients[client];
        const own = waiting[client] ?? 0;
        if (!connection) continue;
        if (action === "leave") unsent.forget(connection);
        else if (action === "read") unsent.sent(connection, Math.min(bytes, own));
        else if (isAccepted(unsent, connection, bytes)) unsent.add(connection, connection, bytes);
        waiting[client] = action === "leave" ? 0 : action === "read" ? own - Math.min(bytes, own) : own;
        // Only what was accepted is counted.
        if (action === "respond") waiting[client] = own + (unsent.bytes - sum());
        expect([own, own + bytes]).toContain(action === "respond" ? waiting[client] : own);
        expect(unsent.bytes).toBe(sum());
        // Small responses are always sent.
        expect(unsent.bytes).toBeLessThanOrEqual(LIMITS.maxUnsentBytes + all.length * 16_384);
      }
      for (const connection of clients) unsent.forget(connection);
      expect(unsent.bytes).toBe(0);
    }),
  );
});

function isAccepted(unsent: UnsentResponses, connection: ClientConnection, bytes: number): boolean {
  try {
    unsent.makeRoom(connection, bytes);
    return true;
  } catch {
    return false;
  }
}

test("a single response may be larger than the limits", () => {
  const unsent = new UnsentResponses(LIMITS, createLog("silent"));
  const connection = { bytesWritten: 0, destroy: () => undefined };
  expect(isAccepted(unsent, connection, 10_000_000)).toBe(true);
  unsent.add(connection, connection, 10_000_000);
  expect(isAccepted(unsent, { ...connection }, 20_000)).toBe(false);
  expect(isAccepted(unsent, { ...connection }, 16_384)).toBe(true);
  unsent.forget(connection);
});
