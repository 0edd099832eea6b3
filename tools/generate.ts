/** Writes the generated files: `npm run generate`. Tests fail when one of them is out of date. */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pageWithTable, TABLES } from "./construct-tables";
import { ERRORS_FILE, errorsPage } from "./error-pages";
import { packageSchema, SCHEMA_FILE } from "./package-schema";
import { ARGS_FILE, pulumiArgs } from "./pulumi-args";

const root = resolve(__dirname, "..");

async function generate(): Promise<void> {
  writeFileSync(join(root, ARGS_FILE), pulumiArgs());
  writeFileSync(join(root, ERRORS_FILE), errorsPage());
  for (const file of Object.keys(TABLES)) writeFileSync(join(root, file), pageWithTable(file));
  writeFileSync(join(root, SCHEMA_FILE), await packageSchema());
}

void generate();
