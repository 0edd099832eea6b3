import { Diagnostics } from "../../lib/core/findings/diagnostics";
import { formatFault, parseFault } from "../../lib/drivers/rehearsal/fault-settings";
import { FaultInjector } from "../../lib/drivers/rehearsal/gateway/fault-injector";
import { RolloutClock } from "../../lib/drivers/rehearsal/clock";

function parse(text: string) {
  const diagnostics = new Diagnostics();
  const fault = parseFault(text, "--fault", diagnostics);
  return { fault, findings: diagnostics.findings.map(({ code, path }) => `${code} ${path}`) };
}

test("an outage of all tracks has a beginning and an end", () => {
  const { fault, findings } = parse("all:errors=100%,at=5m,for=1m");
  expect(findings).toEqual([]);
  expect(fault).toMatchObject({ track: "all", errors: 1, at: 300, for: 60 });
  expect(fault && formatFault(fault)).toBe("all tracks: 100% errors, from 5m for 1m");
});

test.each(["canary:crash,for=1m", "canary:wrong=5%,for=1m"])("%s: a fault of the server does not end", (text) => {
  expect(parse(text).findings).toEqual(["SLW004 --fault.for"]);
});

test("a fault affects the tracks that it is for, from its beginning to its end", () => {
  const { fault } = parse("all:errors=100%,at=5m,for=1m");
  const clock = new RolloutClock(1);
  const time = jest.spyOn(clock, "now");
  jest.spyOn(clock, "started", "get").mockReturnValue(true);
  const tracks = ["stable", "canary"];
  const faults = new FaultInjector(
    fault === undefined ? [] : [fault],
    (name) => (name === "all" ? tracks : []),
    clock,
    () => 0,
  );
  const failing = [299, 300, 359, 360].map((now) => {
    time.mockReturnValue(now);
    return [...tracks, "other"].map((track) => faults.effect(track).fails);
  });
  expect(failing).toEqual([
    [false, false, false],
    [true, true, false],
    [true, true, false],
    [false, false, false],
  ]);
  expect(faults.firstAt(["canary"])).toBe(300);
});
