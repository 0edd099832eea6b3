import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { findRollout } from "../../lib/constructs/registry";
import { runProgram } from "../support/pulumi-mocks";

const EXAMPLES = join(__dirname, "../../examples");
const folders = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe.each(folders)("the example %s", (folder) => {
  const { name, props, construct } = propsOf(folder);
  const roles = Object.keys(findRollout(construct)?.plan(name, props as never).objects ?? {});

  test("as a Pulumi program registers every object of its plan", async () => {
    const registered = await runProgram(() => jest.requireActual(join(EXAMPLES, folder, "pulumi")), { preview: true });
    const names = registered.filter(({ custom }) => custom).map((resource) => resource.name);
    expect(roles.length).toBeGreaterThan(0);
    expect(names.sort()).toEqual(roles.map((role) => `${name}-${role}`).sort());
  });

  test("as a cdk8s program writes every object of its plan", () => {
    const outdir = mkdtempSync(join(tmpdir(), "slipway-example-"));
    process.env.CDK8S_OUTDIR = outdir;
    jest.requireActual(join(EXAMPLES, folder, "cdk8s"));
    const text = readdirSync(outdir)
      .map((file) => readFileSync(join(outdir, file), "utf8"))
      .join("---\n");
    rmSync(outdir, { recursive: true });
    expect(parseAllDocuments(text)).toHaveLength(roles.length);
  });
});

function propsOf(folder: string) {
  const { construct = "CanaryRollout", ...rest } = jest.requireActual<{
    name: string;
    props: unknown;
    construct?: string;
  }>(join(EXAMPLES, folder, "props"));
  return { construct, ...rest };
}
