import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import { packageSchema, SCHEMA_FILE } from "../../tools/package-schema";
import { ROOT, sourcesIn } from "../support/sources";

interface Property {
  readonly type?: string;
  readonly $ref?: string;
  readonly plain?: boolean;
  readonly description?: string;
  readonly items?: Property;
  readonly additionalProperties?: Property;
}

interface ObjectType {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
  readonly enum?: readonly { readonly name: string; readonly description?: string }[];
}

interface Schema {
  readonly resources: Readonly<
    Record<
      string,
      ObjectType & { inputProperties: Readonly<Record<string, Property>>; requiredInputs: readonly string[] }
    >
  >;
  readonly types: Readonly<Record<string, ObjectType>>;
}

const golden = readFileSync(join(ROOT, SCHEMA_FILE), "utf8");
const { resources, types } = JSON.parse(golden) as Schema;

test("the package schema of the components is the golden one; if it should change, run `npm run generate` and review", async () => {
  expect(await packageSchema()).toBe(golden);
}, 60_000);

/** Members of every args interface, by the interface's name. */
const args = new Map(
  sourcesIn("lib/adapters/pulumi")
    .filter(({ path }) => path === "lib/adapters/pulumi/args.ts")
    .flatMap(({ tree }) => tree.statements.filter(ts.isInterfaceDeclaration))
    .map(({ name, members }) => [name.text, members.filter(ts.isPropertySignature)]),
);

/** The same members in the schema: the inputs of a component, or a type. */
function schemaOf(name: string): { properties: Readonly<Record<string, Property>>; required: readonly string[] } {
  const resource = resources[`slipway:index:${name.replace(/Args$/, "")}`];
  if (resource) return { properties: resource.inputProperties, required: resource.requiredInputs };
  const { properties = {}, required = [] } = types[`slipway:index:${name}`] ?? {};
  return { properties, required };
}

test("every component is in it, with its outputs", () => {
  const outputs = Object.entries(resources).map(([token, { properties = {} }]) => [token, Object.keys(properties)]);
  expect(Object.fromEntries(outputs)).toEqual({
    "slipway:index:AbTest": ["services", "timetable"],
    "slipway:index:BanditRollout": ["services", "timetable"],
    "slipway:index:BlueGreenPair": ["liveService", "timetable"],
    "slipway:index:CanaryRollout": ["stableService", "canaryService", "timetable"],
    "slipway:index:InferenceAutoscaler": [],
    "slipway:index:ModelService": ["serviceName", "deploymentName"],
    "slipway:index:ShadowDeployment": ["liveService", "shadowService", "timetable"],
  });
});

test.each([...args.keys()])(
  "every prop of %s is in it, as optional, as plain and as documented as in TypeScript",
  (name) => {
    const { properties, required } = schemaOf(name);
    const members = args.get(name) ?? [];
    expect(Object.keys(properties)).toEqual(members.map((member) => member.name.getText()));
    for (const member of members) {
      const property = properties[member.name.getText()] as Property;
      expect(required.includes(member.name.getText())).toBe(member.questionToken === undefined);
      expect(property.description).toBe(summary(member));
      // Only leaves that may be deferred, and object patches, are not plain.
      const leaf = property.items ?? property.additionalProperties ?? property;
      expect(leaf.plain === true).toBe(!/pulumi\.Input<string>|any/.test((member.type as ts.TypeNode).getText()));
    }
  },
);

function summary(node: ts.Node): string {
  return ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map(({ comment }) => comment)
    .join("\n");
}

test("every member of an enumeration is documented", () => {
  const members = Object.values(types).flatMap((type) => type.enum ?? []);
  expect(members.length).toBeGreaterThan(8);
  expect(members.filter(({ description }) => description === undefined)).toEqual([]);
});
