import { timetableMarkdown } from "../../core/timetable-markdown";
import { PROPS_FILE, type Command } from "../command";
import { planFile } from "../planned-file";
import { UserError } from "../user-error";

export const timetable: Command = {
  name: "timetable",
  summary: "print the traffic timetable of a rollout as Markdown",
  description: [
    "Prints each version's share of the traffic over time, the gates of each stage, and what happens when one fails.",
  ],
  argument: PROPS_FILE,
  options: {},
  async run({ argument }) {
    const { plan } = await planFile(argument);
    if (plan.timetable === undefined) throw new UserError(`${argument} declares no timetable`);
    process.stdout.write(timetableMarkdown(plan.timetable));
    return 0;
  },
};
