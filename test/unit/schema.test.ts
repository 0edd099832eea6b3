import { checkManifest } from "../support/schema";
import { schemaCases, spoil } from "../support/schema-cases";

describe.each(schemaCases)("the schema of $good.kind", ({ good, mistakes }) => {
  it("accepts a good object", () => {
    expect(checkManifest(good)).toEqual([]);
  });

  it.each(mistakes)("refuses $name", (mistake) => {
    const problems = checkManifest(spoil(good, mistake));
    expect(problems).not.toEqual([]);
    for (const problem of problems) expect(problem).toContain(mistake.path);
  });
});

it("refuses a kind that it has no schema of", () => {
  const canary = { apiVersion: "flagger.app/v1beta1", kind: "Canary", metadata: { name: "digits" }, spec: {} };
  expect(checkManifest(canary)).toEqual(["no schema of flagger.app/v1beta1 Canary in test/schemas"]);
});

it("reports every problem at once, each with its place and the value that is there", () => {
  const policy = {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "digits" },
    spec: { minAvailabel: 1, maxUnavailable: true },
  };
  expect(checkManifest(policy)).toEqual([
    "spec.minAvailabel: unknown field",
    "spec.maxUnavailable: must be integer,string, got true",
  ]);
});
