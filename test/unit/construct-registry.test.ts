import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as cdk8s from "../../lib/cdk8s";
import { CONSTRUCTS, ROLLOUTS, TRACK_CONSTRUCTS } from "../../lib/constructs/registry";
import * as pulumi from "../../lib/pulumi";
import type { RolloutPolicy } from "../../lib/strategies/registry";
import { SCHEMA_FILE } from "../../tools/package-schema";
import { samplePlans } from "../support/sample-plans";
import { ROOT } from "../support/sources";
import { STRATEGY_CASES } from "../support/strategy-cases";

const REGISTRY = "lib/constructs/registry.ts";
const CONSTRUCT_FILES = ["props.ts", "plan.ts", "pulumi.ts", "cdk8s.ts"];
const SAMPLE_PLANS = "test/support/sample-plans.ts";

const foldersIn = (path: string) =>
  readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
const textOf = (path: string) => readFileSync(join(ROOT, path), "utf8");
const isPresent = (path: string) => existsSync(join(ROOT, path));
const plansOf = (className: string) => samplePlans.filter(({ plan }) => plan.construct === className);

test("every folder of constructs has an entry in the registry", () => {
  const registered = ["common", ...CONSTRUCTS.map(({ folder }) => folder)];
  const missing = foldersIn("lib/constructs").filter((folder) => !registered.includes(folder));
  expect(missing.map((folder) => `write an entry for lib/constructs/${folder} in ${REGISTRY}`)).toEqual([]);
});

test.each(CONSTRUCTS)("$className has everything that a construct needs", ({ className, folder }) => {
  const { resources } = JSON.parse(textOf(SCHEMA_FILE)) as { readonly resources: object };
  const files = [...CONSTRUCT_FILES.map((file) => `lib/constructs/${folder}/${file}`), `docs/${folder}.md`];
  const index = textOf("lib/index.ts");
  expect([
    ...files.filter((file) => !isPresent(file)).map((file) => `write ${file}`),
    ...(className in pulumi ? [] : [`export ${className} from lib/pulumi.ts`]),
    ...(className in cdk8s ? [] : [`export ${className} from lib/cdk8s.ts`]),
    ...(textOf("lib/cdk8s.ts").includes(`"./constructs/${folder}/props"`)
      ? []
      : [`export the type ${className}Props from lib/cdk8s.ts`]),
    ...["props", "plan"]
      .filter((file) => !index.includes(`"./constructs/${folder}/${file}"`))
      .map((file) => `export ./constructs/${folder}/${file} from lib/index.ts`),
    ...(`slipway:index:${className}` in resources
      ? []
      : [`run \`npm run generate\`: ${SCHEMA_FILE} lacks ${className}`]),
    ...(plansOf(className).length > 0 ? [] : [`add plans of ${className} to ${SAMPLE_PLANS}`]),
  ]).toEqual([]);
});

test.each(CONSTRUCTS)("$className is a track construct exactly if its plans have tracks", ({ className }) => {
  for (const { plan } of plansOf(className)) {
    expect(`${className}: hasTracks in ${REGISTRY} is ${TRACK_CONSTRUCTS.includes(className)}`).toBe(
      `${className}: hasTracks in ${REGISTRY} is ${plan.tracks.length > 0}`,
    );
  }
});

test.each(ROLLOUTS)("$className has everything that a rollout needs", ({ className, strategy }) => {
  const examples = foldersIn("examples").map((folder) => `examples/${folder}/props.ts`);
  const declaring = examples.filter((file) => isPresent(file) && constructOf(file) === className);
  const cases = STRATEGY_CASES.filter(({ policy }) => policy.strategy === strategy);
  expect([
    ...(declaring.length > 0 ? [] : [`write an example: examples/NAME/props.ts with \`construct = "${className}"\``]),
    ...declaring
      .flatMap((file) =>
        ["bad.props.ts", "pulumi.ts", "cdk8s.ts", "README.md"].map((other) => file.replace("props.ts", other)),
      )
      .filter((file) => !isPresent(file))
      .map((file) => `write ${file}`),
    ...(cases.length > 0 ? [] : [`add a policy of "${strategy}" to test/support/strategy-cases.ts`]),
    ...(textOf("lib/index.ts").includes(`"./strategies/${strategy}/policy"`)
      ? []
      : [`export the type of the policy, ./strategies/${strategy}/policy, from lib/index.ts`]),
    ...(isPresent(`test/unit/strategies-${strategy}.test.ts`)
      ? []
      : [`write test/unit/strategies-${strategy}.test.ts`]),
  ]).toEqual([]);
});

test.each(ROLLOUTS)("$className plans policies of the strategy that the registry names", ({ className, strategy }) => {
  const strategies = plansOf(className).map(({ plan }) => (plan.policy as RolloutPolicy | undefined)?.strategy);
  expect([...new Set(strategies)]).toEqual([strategy]);
});

function constructOf(propsFile: string): string {
  const { construct = "CanaryRollout" } = jest.requireActual<{ readonly construct?: string }>(join(ROOT, propsFile));
  return construct;
}
