import { resolve } from "node:path";
import { CommandFolder } from "../support/slipway-command";

jest.setTimeout(30_000);

const folder = new CommandFolder();
afterAll(() => folder.remove());

const EXAMPLE = resolve(__dirname, "../../examples/digits-ab-test/props");
const file = folder.write(
  "test.ts",
  `import { construct, name, props as example } from "${EXAMPLE}";
  const { analysis, ...others } = example;
  const props = { ...others, metric: { name: "arrived", minimumEffect: 0.05 }, duration: "14d" };
  export { construct, name, props };`,
);

interface Counts {
  readonly requests: number;
  readonly values: number;
  readonly sum: number;
}

/** Counts of equally split requests, half of which have a value. */
const countsAfter = (after: string, requests: number, control: number, variant: number) => {
  const counts = (share: number): Counts => ({ requests, values: requests / 2, sum: (requests / 2) * share });
  return { after, versions: { "1.0.0": counts(control), "1.1.0": counts(variant) } };
};

const writeCounts = (name: string, ...looks: object[]) => folder.write(name, JSON.stringify({ looks }));

describe("slipway ab-test results, by user", () => {
  test("says what the figures do not show if nothing is counted by user", async () => {
    const lopsided = countsAfter("2d", 10_000, 0.5, 0.6);
    lopsided.versions["1.1.0"] = { ...lopsided.versions["1.1.0"], requests: 6000 };
    const counts = writeCounts("by-value.json", lopsided);
    const { code, stdout } = await folder.run("ab-test", "results", file, "--counts", counts);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Users are not counted: each value counts as another user\. .* the intervals are too narrow\.$/m,
    );
    expect(stdout).toMatch(/^The split is not checked, because nothing is counted by user\.$/m);
  });

  test("computes the interval between groups of users, and reports a verdict that it no longer supports", async () => {
    // The same in every group at first; later the groups of the variant differ by far more than chance allows.
    const groups = (values: number, rateOf: (group: number) => number) => ({
      requests: new Array<number>(25).fill(values),
      values: new Array<number>(25).fill(values),
      sums: Array.from({ length: 25 }, (_, group) => Math.round(values * rateOf(group))),
    });
    const counts = (each: ReturnType<typeof groups>) => {
      const total = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0);
      return { requests: total(each.requests), values: total(each.values), sum: total(each.sums), groups: each };
    };
    const look = (after: string, values: number, variant: (group: number) => number) => ({
      after,
      versions: { "1.0.0": counts(groups(values, () => 0.5)), "1.1.0": counts(groups(values, variant)) },
    });
    const changing = writeCounts(
      "changed.json",
      look("1d", 800, () => 0.54),
      look("2d", 1600, (group) => (group % 2 === 0 ? 0.9 : 0.12)),
    );
    const { code, stdout } = await folder.run("ab-test", "results", file, "--counts", changing);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\| 1\.1\.0 +\| not enough data \(was winner\) \|/);
    expect(stdout).not.toMatch(/not counted|not checked/);
    const bad = writeCounts("groups.json", {
      after: "1d",
      versions: {
        "1.0.0": counts(groups(800, () => 0.5)),
        "1.1.0": { ...counts(groups(800, () => 0.5)), groups: { requests: [1], values: [1], sums: [1] } },
      },
    });
    expect((await folder.run("ab-test", "results", file, "--counts", bad)).stderr).toContain(
      'SLW012 looks[0].versions["1.1.0"].groups.requests: has 1 numbers.',
    );
  });
});
