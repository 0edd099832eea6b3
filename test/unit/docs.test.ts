import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ERRORS_FILE, errorsPage } from "../../tools/error-pages";
import { ARGS_FILE, pulumiArgs } from "../../tools/pulumi-args";

const ROOT = resolve(__dirname, "../..");

describe("generated files are up to date; if not, run `npm run generate`", () => {
  test.each([
    // The page holds an example of every finding: making it fails if one can no longer be raised.
    [ERRORS_FILE, errorsPage],
    [ARGS_FILE, pulumiArgs],
  ])("%s", (file, generate) => {
    expect(readFileSync(join(ROOT, file), "utf8")).toBe(generate());
  });
});
