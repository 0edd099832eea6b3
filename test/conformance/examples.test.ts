import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { planCanaryRollout } from "../../lib";
import { name, props } from "../../examples/digits-canary/props";
import { runProgram } from "../support/pulumi-mocks";

const roles = Object.keys(planCanaryRollout(name, props).objects);

describe("the digits example", () => {
  test("as a Pulumi program registers every object of its plan", async () => {
    const registered = await runProgram(() => jest.requireActual("../../examples/digits-canary/pulumi"), {
      preview: true,
    });
    const names = registered.filter(({ custom }) => custom).map((resource) => resource.name);
    expect(names.sort()).toEqual(roles.map((role) => `${name}-${role}`).sort());
  });

  test("as a cdk8s program writes every object of its plan", () => {
    const outdir = mkdtempSync(join(tmpdir(), "slipway-example-"));
    process.env.CDK8S_OUTDIR = outdir;
    jest.requireActual("../../examples/digits-canary/cdk8s");
    const text = readdirSync(outdir)
      .map((file) => readFileSync(join(outdir, file), "utf8"))
      .join("---\n");
    rmSync(outdir, { recursive: true });
    expect(parseAllDocuments(text)).toHaveLength(roles.length);
  });
});
