import { checkManifest } from "../support/schema";
import { schemaCases, withMistake } from "../support/schema-cases";

describe.each(schemaCases)("the schema of $good.kind", ({ good, mistakes }) => {
  it("accepts a valid object", () => {
    expect(checkManifest(good)).toEqual([]);
  });

  it.each(mistakes)("rejects $name", (mistake) => {
    const problems = checkManifest(withMistake(good, mistake));
    expect(problems).not.toEqual([]);
    for (const problem of problems) expect(problem).toContain(mistake.path);
  });
});

it("rejects a kind without a schema", () => {
  const canary = { apiVersion: "flagger.app/v1beta1", kind: "Canary", metadata: { name: "digits" }, spec: {} };
  expect(checkManifest(canary)).toEqual(["no schema of flagger.app/v1beta1 Canary in test/schemas"]);
});

it("reports every problem at once, each with its path and the value", () => {
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
