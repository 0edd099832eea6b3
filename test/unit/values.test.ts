import { formatDuration, formatPercent } from "../../lib/core/format";
import { canonical, canonicalJson } from "../../lib/core/canonical";
import { suggestion } from "../../lib/core/checks/suggest";
import { parseDuration } from "../../lib/core/values/duration";
import { canonicalCount, canonicalCpu, canonicalMemory, memoryBytes } from "../../lib/core/values/quantity";
import { isSemver } from "../../lib/core/values/semver";

describe("durations", () => {
  test.each([
    ["100ms", 0.1],
    ["0.07s", 0.07],
    ["30s", 30],
    ["1h30m", 5400],
    ["1.5h", 5400],
    ["2d", 172_800],
  ])("%s", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each(["", "30", "s", "-5m", "5 m", "5M", "1h 30m", "1h30", "m5", "2.5ms", "1e3s", "५m"])(
    "%p is not valid",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  test.each([
    [5400, "1h30m"],
    [0.25, "250ms"],
    [90.5, "1m30s500ms"],
    [86_400, "1d"],
    [0, "0s"],
  ])("%d seconds", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

/** A real API server returned each of these unchanged. */
describe("quantities in the canonical form of the API server", () => {
  test.each([
    ["1", "1"],
    ["1000m", "1"],
    ["0.5", "500m"],
    ["1.5", "1500m"],
    ["100m", "100m"],
    ["999.999", "999999m"],
  ])("CPU %s", (text, own) => {
    expect(canonicalCpu(text)).toBe(own);
  });

  test.each(["0", "0m", "-1", "", "m", "1k", "1000", "0.0001", "0.5m", "two", "1e3"])("CPU %p is not valid", (text) => {
    expect(canonicalCpu(text)).toBeUndefined();
  });

  test.each([
    ["1024Mi", "1Gi"],
    ["1000Mi", "1000Mi"],
    ["0.5Gi", "512Mi"],
    ["1G", "1G"],
    ["1000M", "1G"],
    ["1500M", "1500M"],
    ["1000000000", "1G"],
    ["1048576", "1Mi"],
    ["1500", "1500"],
  ])("memory %s", (text, own) => {
    expect(canonicalMemory(text)).toBe(own);
    expect(memoryBytes(own)).toBe(memoryBytes(text));
  });

  test.each(["0", "-1Gi", "", "Gi", "1GB", "1gi", "1K", "0.3Ki", "1Ei", "99999999Pi"])(
    "memory %p is not valid",
    (text) => {
      expect(canonicalMemory(text)).toBeUndefined();
    },
  );

  test.each([
    [999, "999"],
    [1000, "1k"],
    [1500, "1500"],
    [2_000_000, "2M"],
  ])("count %d", (count, own) => {
    expect(canonicalCount(count)).toBe(own);
  });
});

describe("versions", () => {
  test.each(["0.0.0", "2.3.0", "2.3.0-rc.1", "2.3.0-rc.1+build.5", "2.3.0+sha-1"])("%s", (text) => {
    expect(isSemver(text)).toBe(true);
  });

  test.each([
    "latest",
    "v2.3.0",
    "=2.3.0",
    "2.3",
    "2.3.0.1",
    "02.3.0",
    "2.3.0-",
    "2.3.0 ",
    " 2.3.0",
    "2.3.0\n",
    "2.x.0",
    "",
  ])("%p is not valid", (text) => {
    expect(isSemver(text)).toBe(false);
  });
});

test.each([
  [0.001, "0.1%"],
  [0.007, "0.7%"],
  [0.2, "20%"],
  [1 / 14.4, "6.94444%"],
])("a share of %d", (share, text) => {
  expect(formatPercent(share)).toBe(text);
});

describe("canonical form", () => {
  test("sorts keys at every depth, drops what is undefined, and leaves lists in their order", () => {
    expect(canonicalJson({ b: [{ d: 1, c: undefined }, 2], a: undefined, A: { z: 0, y: null } })).toBe(
      '{"A":{"y":null,"z":0},"b":[{"d":1},2]}',
    );
  });

  test("leaves a deferred value as it is", () => {
    const late = new (class Late {})();
    expect(canonical({ b: { a: late }, a: [late] })).toEqual({ a: [late], b: { a: late } });
    expect(canonical({ a: late }).a).toBe(late);
  });
});

test.each([
  ["trafic", "traffic"],
  ["MinReplicas", "minReplicas"],
  ["auto", "autoscaling"],
  ["replicas", undefined],
  ["x", undefined],
])("%s may mean %s", (word, meant) => {
  expect(suggestion(word, ["traffic", "minReplicas", "autoscaling", "serving"])).toBe(meant);
});
