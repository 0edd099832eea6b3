import * as pulumi from "@pulumi/pulumi";
import type { CanaryRolloutProps, ModelServiceProps } from "../../lib";
import * as constructs from "../../lib/pulumi";
import { runProgram, type Registered } from "../support/pulumi-mocks";
import { rolloutProps, versions } from "../support/plans";

const { routing, ...served } = rolloutProps;
const service: ModelServiceProps = { ...served, model: versions.stable };
const rollout: CanaryRolloutProps = { ...rolloutProps, ...versions };

const OF_SERVICE = "slipway:index:ModelService::recommender";

/** Names of the children of a first program that the second one keeps unchanged. */
function handedOver(before: readonly Registered[], parent: string, after: readonly Registered[]): string[] {
  const key = ({ type, name, inputs }: Registered) => JSON.stringify([type, name, inputs]);
  const kept = new Set(after.filter(({ formerParents }) => formerParents.includes(parent)).map(key));
  return before.filter((old) => old.custom && kept.has(key(old))).map(({ name }) => name);
}

describe("from one construct to another with the same name in Pulumi", () => {
  test("the version that a service served becomes a rollout's stable track, unchanged", async () => {
    const before = await runProgram(() => void new constructs.ModelService("recommender", service), { preview: false });
    const after = await runProgram(() => void new constructs.CanaryRollout("recommender", rollout), { preview: false });
    const kept = handedOver(before, `urn:pulumi:stack::project::${OF_SERVICE}`, after);
    expect(kept.sort()).toEqual(
      before
        .filter(({ custom }) => custom)
        .map(({ name }) => name)
        .sort(),
    );
    expect(kept.length).toBeGreaterThan(6);
  });

  test("also inside a component that the user defines", async () => {
    const registered = await runProgram(
      () => {
        const parent = new pulumi.ComponentResource("acme:index:Models", "models", {});
        new constructs.CanaryRollout("recommender", rollout, { parent });
      },
      { preview: false },
    );
    const deployment = registered.find(({ type }) => type.endsWith(":Deployment"));
    expect(deployment?.formerParents).toContain(`urn:pulumi:stack::project::acme:index:Models$${OF_SERVICE}`);
  });

  test("an autoscaler has no tracks to share", async () => {
    const registered = await runProgram(
      () => void new constructs.InferenceAutoscaler("scaler", { deployment: "server" }),
      { preview: false },
    );
    expect(registered.map(({ name }) => name)).toContain("scaler");
    const others = registered.flatMap(({ formerParents }) => formerParents).filter((urn) => !urn.endsWith("::scaler"));
    expect(others).toEqual([]);
  });
});
