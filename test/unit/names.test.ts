import { planCanaryRollout } from "../../lib";
import { isDnsLabel, isLabelValue, joinName, versionLabel, versionSlug } from "../../lib/core/values/name";
import { canaryProps } from "../support/plans";

describe("a version in a name", () => {
  test("a plain version translates one to one", () => {
    expect(versionSlug("2.3.0")).toBe("2-3-0");
  });

  test("similar versions have different names", () => {
    const alike = [
      "2.3.0-rc.1",
      "2.3.0-rc-1",
      "2.3.0-RC.1",
      "2.3.0+rc.1",
      "2.3.0-rc.1+build",
      "2.3.0-rc.1+BUILD",
      "2.3.0-rc1",
    ];
    const slugs = alike.map(versionSlug);
    expect(new Set(slugs).size).toBe(alike.length);
    slugs.forEach((slug) => expect(slug).toMatch(/^2-3-0-[a-z0-9-]*[a-z0-9]-[0-9a-f]{6}$/));
  });

  test("names are contracts: these must never change", () => {
    expect(versionSlug("2.3.0-rc.1+build")).toBe("2-3-0-rc-1-build-8168f4");
    expect(joinName("recommender", versionSlug("2.3.0"))).toBe("recommender-2-3-0");
    expect(joinName("a".repeat(40), versionSlug("2.3.0-a-rather-long-prerelease"))).toBe(
      `${"a".repeat(40)}-2-3-0-a-rathe-ba870d2b`,
    );
  });
});

describe("a version in a label", () => {
  test.each(["2.3.0", "2.3.0-rc.1"])("%s is unchanged", (version) => {
    expect(versionLabel(version)).toBe(version);
  });

  test.each(["2.3.0+build", "2.3.0-rc-", `2.3.0-${"a".repeat(58)}`])(
    "%s is rewritten, since no label can hold it",
    (version) => {
      expect(isLabelValue(version)).toBe(false);
      expect(isLabelValue(versionLabel(version))).toBe(true);
    },
  );
});

describe("joined names", () => {
  test("a name that fits is unchanged", () => {
    expect(joinName("a".repeat(31), "b".repeat(31))).toBe(`${"a".repeat(31)}-${"b".repeat(31)}`);
  });

  test("a name that does not fit is cut and gets a hash of the whole name", () => {
    const [one, other] = [joinName("a".repeat(40), "b".repeat(30)), joinName("a".repeat(40), `${"b".repeat(29)}c`)];
    expect([one.length, other.length]).toEqual([63, 63]);
    expect(one).not.toBe(other);
    expect(isDnsLabel(one) && isDnsLabel(other)).toBe(true);
  });
});

test("the longest allowed names make objects that Kubernetes accepts", () => {
  const name = "a".repeat(40);
  const versions = [`10.20.30-${"x".repeat(55)}`, `10.20.30-${"x".repeat(54)}y`] as const;
  const plan = planCanaryRollout(name, {
    ...canaryProps,
    stable: { ...canaryProps.stable, version: versions[0] },
    canary: { ...canaryProps.canary, version: versions[1] },
  });
  expect(plan.findings).toEqual([]);
  const names = Object.values(plan.objects).map(({ manifest }) => manifest.metadata.name);
  expect(names.filter((each) => !isDnsLabel(each))).toEqual([]);
  expect(new Set(plan.tracks.map((track) => track.name)).size).toBe(2);
});
