import { existsSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { toYaml } from "../../adapters/yaml/to-yaml";
import type { RehearsalReport } from "../../drivers/rehearsal/report/report";
import { defaultFolder, writeReports } from "../../drivers/rehearsal/report/write";
import { styleFor } from "../../drivers/common/style";
import { formatSummary } from "../../drivers/rehearsal/report/summary";
import type { Outcome } from "../../strategies/strategy";
import type { Command } from "../command";
import { interruptible } from "../interrupt";
import { planFile } from "../planned-file";
import { rehearseFile } from "../rehearsal";
import { UserError } from "../user-error";

const EXAMPLE = join(__dirname, "..", "..", "..", "..", "examples", "digits-canary");
const MANIFESTS = "deployment_manifest.yaml";

/** The two props files of the example, and how the rehearsal of each must end. */
const REHEARSALS: readonly { readonly file: string; readonly outcome: Outcome }[] = [
  { file: "props.ts", outcome: "promoted" },
  { file: "bad.props.ts", outcome: "rolled-back" },
];

export const demo: Command = {
  name: "demo",
  summary: "rehearse the example: a good version is promoted, a bad one is rolled back",
  description: [
    "Rehearses examples/digits-canary: first a better model, then one that is fast and healthy, but predicts worse.",
    `Writes ${MANIFESTS}, and the reports under rehearsal/, in the current directory.`,
    "Exit code: 0 when both rehearsals ended as expected and no request was lost, else 1.",
  ],
  options: {},
  async run() {
    if (!existsSync(EXAMPLE)) throw new UserError("there is no examples/; run this in a clone of the repository");
    const style = styleFor(process.stdout);
    const folders: string[] = [];
    let isAsExpected = true;
    for (const { file, outcome } of REHEARSALS) {
      const planned = await planFile(relative(process.cwd(), join(EXAMPLE, file)));
      if (folders.length === 0) writeFileSync(MANIFESTS, toYaml(planned.plan));
      const report = await interruptible((signal) => rehearseFile(planned, {}, signal));
      writeReports(report, defaultFolder(report));
      process.stdout.write(`${formatSummary(report, style)}\n`);
      folders.push(defaultFolder(report));
      isAsExpected &&= report.outcome === outcome && isClean(report);
    }
    process.stdout.write(
      `Written: ${[MANIFESTS, ...folders.map((folder) => join(folder, "report.html"))].join(", ")}\n`,
    );
    return isAsExpected ? 0 : 1;
  },
};

function isClean({ requests, tracks }: RehearsalReport): boolean {
  return requests.lost === 0 && tracks.every(({ mismatched }) => mismatched === 0);
}
