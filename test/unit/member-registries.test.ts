import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROLLOUTS } from "../../lib/constructs/registry";
import { ROUTERS } from "../../lib/routing/registry";
import { DEFAULT_RUNTIME, RUNTIMES } from "../../lib/runtimes/registry";
import { samplePlans } from "../support/sample-plans";
import { ROOT } from "../support/sources";

const SAMPLE_PLANS = "test/support/sample-plans.ts";

const textOf = (path: string) => readFileSync(join(ROOT, path), "utf8");
const missingFiles = (room: string, name: string, main: string) =>
  ["props.ts", "schema.ts", main]
    .map((file) => `lib/${room}/${name}/${file}`)
    .filter((file) => !existsSync(join(ROOT, file)))
    .map((file) => `write ${file}`);

test.each(Object.keys(ROUTERS))("the router %s has everything that a router needs", (name) => {
  const pages = ROLLOUTS.map(({ folder }) => `docs/${folder}.md`);
  const samples = `${textOf(SAMPLE_PLANS)}${textOf("test/support/sample-props.ts")}`;
  expect([
    ...missingFiles("routing", name, "router.ts"),
    ...(new RegExp(`routing: \\{ ${name}\\b`).test(samples)
      ? []
      : [`add a plan with routing.${name} to ${SAMPLE_PLANS}`]),
    ...(pages.some((page) => textOf(page).includes(`routing.${name}`))
      ? []
      : [`document routing.${name} on the pages of the rollouts, such as ${pages.join(", ")}`]),
  ]).toEqual([]);
});

test.each(Object.keys(RUNTIMES))("the runtime %s has everything that a runtime needs", (name) => {
  const plans = samplePlans.filter(({ plan: { runtime = DEFAULT_RUNTIME } }) => runtime === name);
  expect([
    ...missingFiles("runtimes", name, "runtime.ts"),
    ...(plans.length > 0 ? [] : [`add a plan with runtime.${name} to ${SAMPLE_PLANS}`]),
    ...(textOf("docs/model-service.md").includes(`\`${name}\``)
      ? []
      : [`document runtime.${name} in docs/model-service.md`]),
  ]).toEqual([]);
});
