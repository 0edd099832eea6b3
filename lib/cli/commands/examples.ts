import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { writeReports } from "../../drivers/rehearsal/report/write";
import type { Command } from "../command";
import {
  describeInjected,
  exampleFiles,
  formatTable,
  isAsExpected,
  reportFolder,
  type ExampleResult,
} from "../example-result";
import { interruptible } from "../interrupt";
import { planFile } from "../planned-file";
import { prepareRehearsal, progressFor } from "../rehearsal";
import { UserError } from "../user-error";

const EXAMPLES = join(__dirname, "..", "..", "..", "..", "examples");

export const examples: Command = {
  name: "examples",
  summary: "rehearse every example, including those with a fault or a bad model",
  description: [
    "Rehearses every props file in examples/ that says how it must end, and prints one line for each.",
    "Writes the reports under rehearsal/examples/ in the current directory.",
    "Exit code: 0 when every rehearsal ended as expected and no request was lost, else 1.",
  ],
  options: {
    only: { type: "string", placeholder: "TEXT", help: "rehearse only the files whose path contains this text" },
  },
  async run({ options }) {
    if (!existsSync(EXAMPLES)) throw new UserError("there is no examples/; run this in a clone of the repository");
    const only = typeof options["only"] === "string" ? options["only"] : "";
    const results: ExampleResult[] = [];
    for (const file of exampleFiles(EXAMPLES).filter((each) => each.includes(only))) {
      const result = await rehearseExample(relative(process.cwd(), file));
      if (result !== undefined) results.push(result);
    }
    process.stdout.write(["", ...formatTable(results), ""].join("\n"));
    return results.length > 0 && results.every(isAsExpected) ? 0 : 1;
  },
};

/** Rehearses an example; `undefined` for one that does not say how it must end. */
async function rehearseExample(file: string): Promise<ExampleResult | undefined> {
  const planned = await planFile(file);
  const prepared = prepareRehearsal(planned, {});
  const { expect, expectLeader: leader } = prepared.settings;
  if (expect === undefined) return undefined;
  process.stdout.write(`\n${file}\n`);
  const report = await interruptible((signal) => prepared.run(signal, progressFor(process.stdout)));
  writeReports(report, reportFolder(file));
  return { file, injected: describeInjected(prepared.settings), expected: expect, leader, report };
}
