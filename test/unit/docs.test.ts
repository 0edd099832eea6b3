import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pageWithTable, TABLES } from "../../tools/construct-tables";
import { ERRORS_FILE, errorsPage } from "../../tools/error-pages";
import { ARGS_FILE, pulumiArgs } from "../../tools/pulumi-args";

const ROOT = resolve(__dirname, "../..");

describe("generated files are up to date; if not, run `npm run generate`", () => {
  test.each<[file: string, generate: () => string]>([
    // The page has an example of every finding: generating it fails when one can no longer be raised.
    [ERRORS_FILE, errorsPage],
    [ARGS_FILE, pulumiArgs],
    ...Object.keys(TABLES).map((file): [string, () => string] => [file, () => pageWithTable(file)]),
  ])("%s", (file, generate) => {
    expect(readFileSync(join(ROOT, file), "utf8")).toBe(generate());
  });
});
