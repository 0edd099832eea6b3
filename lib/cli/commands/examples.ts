import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { writeReports } from "../../drivers/rehearsal/report/write";
import type { Command } from "../command";
import { interruptible } from "../interrupt";
import { planFile } from "../planned-file";
import { prepareRehearsal, progressFor } from "../rehearsal";
import { exampleFiles, isAsExpected, putInWords, storyFolder, storyLines, type Story } from "../story";
import { UserError } from "../user-error";

const EXAMPLES = join(__dirname, "..", "..", "..", "..", "examples");

export const examples: Command = {
  name: "examples",
  summary: "rehearse every example, those with a fault or a bad model as well",
  description: [
    "Rehearses all props files of examples/ that say how they must end, and prints one line for each.",
    "Writes the reports under rehearsal/examples/ into the current folder.",
    "Exit code: 0 when each ended as it should and no request was lost.",
  ],
  options: {
    only: { type: "string", placeholder: "WORD", help: "rehearse those alone whose path contains this" },
  },
  async run({ options }) {
    if (!existsSync(EXAMPLES)) throw new UserError("the examples are not here; run this in a clone of the repository");
    const only = typeof options["only"] === "string" ? options["only"] : "";
    const stories: Story[] = [];
    for (const file of exampleFiles(EXAMPLES).filter((each) => each.includes(only))) {
      const story = await tell(relative(process.cwd(), file));
      if (story !== undefined) stories.push(story);
    }
    process.stdout.write(["", ...storyLines(stories), ""].join("\n"));
    return stories.length > 0 && stories.every(isAsExpected) ? 0 : 1;
  },
};

/** Rehearses an example; nothing of one that does not say how it must end. */
async function tell(file: string): Promise<Story | undefined> {
  const planned = await planFile(file);
  const prepared = prepareRehearsal(planned, {});
  const { expect, expectLeader: leader } = prepared.settings;
  if (expect === undefined) return undefined;
  process.stdout.write(`\n${file}\n`);
  const report = await interruptible((signal) => prepared.run(signal, progressFor(process.stdout)));
  writeReports(report, storyFolder(file));
  return { file, putIn: putInWords(prepared.settings), expected: expect, leader, report };
}
