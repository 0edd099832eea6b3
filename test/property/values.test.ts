import { formatDuration } from "../../lib/core/format";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { canonical, canonicalJson } from "../../lib/core/canonical";
import { suggestion } from "../../lib/core/checks/suggest";
import { modelUri } from "../../lib/core/checks/values";
import { Diagnostics } from "../../lib/core/findings/diagnostics";
import { parseDuration } from "../../lib/core/values/duration";
import { isDnsLabel, isLabelValue, joinName, versionLabel, versionSlug } from "../../lib/core/values/name";
import { canonicalCpu, canonicalMemory, cpuMillis, memoryBytes } from "../../lib/core/values/quantity";
import { isSemver } from "../../lib/core/values/semver";
import { semver } from "../support/arbitraries";

const RUNS = { numRuns: 3000 };

describe("durations", () => {
  const milliseconds = fc.integer({ min: 0, max: 366 * 86_400_000 });

  test("a formatted duration is parsed to itself", () => {
    fc.assert(
      fc.property(milliseconds, (whole) => {
        expect(parseDuration(formatDuration(whole / 1000))).toBe(whole / 1000);
      }),
      RUNS,
    );
  });

  test("parts add up, whatever their units", () => {
    const part = fc.tuple(
      fc.integer({ min: 0, max: 5000 }),
      fc.constantFrom(["ms", 1], ["s", 1e3], ["m", 6e4], ["h", 36e5], ["d", 864e5]),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const sum = parts.reduce((total, [count, [, size]]) => total + count * Number(size), 0);
        expect(parseDuration(parts.map(([count, [unit]]) => `${count}${unit}`).join(""))).toBe(sum / 1000);
      }),
      RUNS,
    );
  });

  test("any text at all gives whole milliseconds or nothing", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d.]+(ms|s|m|h|d)[\d.]*(ms|s|m|h|d)?$/)), (text) => {
        const seconds = parseDuration(text);
        expect(seconds === undefined || Math.abs(seconds * 1000 - Math.round(seconds * 1000)) < 1e-3).toBe(true);
      }),
      RUNS,
    );
  });
});

describe("quantities", () => {
  const number = fc.oneof(
    fc.integer({ min: 0, max: 100_000 }).map(String),
    fc
      .tuple(fc.integer({ min: 0, max: 999 }), fc.stringMatching(/^\d{1,3}$/))
      .map(([whole, part]) => `${whole}.${part}`),
  );
  const cpu = fc.tuple(number, fc.constantFrom("", "m")).map((parts) => parts.join(""));
  const memory = fc
    .tuple(number, fc.constantFrom("", "Ki", "Mi", "Gi", "Ti", "k", "M", "G", "T"))
    .map((parts) => parts.join(""));

  test("CPU: the canonical form has the same value and is its own canonical form", () => {
    fc.assert(
      fc.property(cpu, (text) => {
        const own = canonicalCpu(text);
        if (own === undefined) return;
        expect(canonicalCpu(own)).toBe(own);
        expect(cpuMillis(own)).toBeCloseTo(text.endsWith("m") ? parseFloat(text) : parseFloat(text) * 1000, 6);
      }),
      RUNS,
    );
  });

  test("memory: the canonical form has the same value, is its own canonical form, and has the largest unit that keeps it whole", () => {
    fc.assert(
      fc.property(memory, (text) => {
        const own = canonicalMemory(text);
        expect(own === undefined).toBe(memoryBytes(text) === undefined);
        if (own === undefined) return;
        expect(memoryBytes(own)).toBe(memoryBytes(text));
        expect(canonicalMemory(own)).toBe(own);
        const [, count, unit = ""] = /^(\d+)(\w*)$/.exec(own) as RegExpExecArray;
        expect(Number(count) % (unit.endsWith("i") ? 1024 : 1000)).not.toBe(0);
      }),
      RUNS,
    );
  });
});

describe("names", () => {
  const version = semver();

  /** Whether nothing else had this name before. */
  const isOwn = (owners: Map<string, string>, name: string, owner: string): boolean => {
    const first = owners.get(name) ?? owner;
    owners.set(name, first);
    return first === owner;
  };

  test("a version's slug is part of a DNS label, and unique", () => {
    const owners = new Map<string, string>();
    fc.assert(
      fc.property(version, (text) => {
        const slug = versionSlug(text);
        return isSemver(text) && isDnsLabel(`a-${slug}`) && isOwn(owners, slug, text);
      }),
      { numRuns: 10_000 },
    );
    expect(owners.size).toBeGreaterThan(5000);
  });

  test("a version's label is a valid label value", () => {
    fc.assert(
      fc.property(version, (text) => {
        expect(isLabelValue(versionLabel(text))).toBe(true);
      }),
      RUNS,
    );
  });

  test("joined names are DNS labels of at most 63 characters, and two things have two names", () => {
    const name = fc.stringMatching(/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/);
    const owners = new Map<string, string>();
    fc.assert(
      fc.property(name, version, version, (construct, one, other) => {
        const slugs = [versionSlug(one), versionSlug(other)];
        return [
          [construct, slugs[0] as string],
          [construct, ...slugs],
        ].every((parts) => {
          const joined = joinName(...parts);
          return isDnsLabel(joined) && isOwn(owners, joined, parts.join("-"));
        });
      }),
      RUNS,
    );
  });
});

describe("canonical form", () => {
  class Late {
    readonly hidden = 1;
  }
  const late = new Late();
  const key = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "prototype", "toString"));
  const { data } = fc.letrec((tie) => ({
    data: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(undefined, null, late, 0, -1.5, true, "", "text"),
      fc.array(tie("data"), { maxLength: 4 }),
      fc.dictionary(key, tie("data"), { maxKeys: 4 }),
    ),
  }));

  test("it is its own canonical form, and equals the data", () => {
    fc.assert(
      fc.property(data, (value) => {
        const [plain, own] = [JSON.stringify([value]), canonicalJson([value])];
        return (
          isDeepStrictEqual(canonical(canonical(value)), canonical(value)) &&
          isDeepStrictEqual(JSON.parse(own), JSON.parse(plain))
        );
      }),
      RUNS,
    );
  });

  test("equal content is equal text, in whatever order its keys were written", () => {
    fc.assert(
      fc.property(fc.dictionary(key, data, { maxKeys: 6 }), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        return canonicalJson(reversed) === canonicalJson(value);
      }),
      RUNS,
    );
  });

  test("deferred values stay the same objects", () => {
    const leaves = (value: unknown): unknown[] => {
      if (value instanceof Late) return [value];
      return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [];
    };
    fc.assert(
      fc.property(data, (value) => {
        const after = leaves(canonical(value));
        return after.length === leaves(value).length && after.every((each) => each === late);
      }),
      RUNS,
    );
  });
});

test("a suggestion is one of the known words, and a known word suggests itself", () => {
  const words = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,12}$/), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.string(), words, (word, known) => {
      const [near, same] = [suggestion(word, known), suggestion(known[0] as string, known)];
      return (near === undefined || known.includes(near)) && same === known[0];
    }),
    RUNS,
  );
});

it("a model's URI is any that the serving image reads, and no other", () => {
  const diagnostics = new Diagnostics();
  const good = [
    "s3://bucket/a/model.onnx",
    "gs://bucket/model.onnx",
    "https://models.example.com/a.onnx",
    "file:///models/a.onnx",
    "models:/digits/3",
    "models:/digits@champion",
    "mlflow-artifacts:/1/abc/artifacts/model/model.onnx",
    "oci:/mnt/models:1.0.0",
  ];
  for (const uri of good) expect(modelUri(uri, "uri", diagnostics)).toBe(uri);
  expect(diagnostics.findings).toEqual([]);
  for (const uri of ["", "model.onnx", "./model.onnx", "ftp://a/b", "s3:bucket", "models:", "oci:models", "s3://a b"])
    expect(modelUri(uri, "uri", diagnostics)).toBeUndefined();
});
