import { basename } from "node:path";
import { Diagnostics } from "../../core/findings/diagnostics";
import type { Check } from "../../core/checks/check";
import { parseFault, type Fault } from "../../drivers/rehearsal/fault-settings";
import { defaultFolder, writeReports } from "../../drivers/rehearsal/report/write";
import {
  checkDeadline,
  checkRate,
  checkSeed,
  checkSpeed,
  type RehearsalSettings,
} from "../../drivers/rehearsal/settings";
import { styleFor } from "../../drivers/common/style";
import { formatSummary } from "../../drivers/rehearsal/report/summary";
import type { Outcome } from "../../strategies/strategy";
import { PROPS_FILE, type Command, type Invocation } from "../command";
import { interruptible } from "../interrupt";
import { planFile, report as tellFindings } from "../planned-file";
import { rehearseFile } from "../rehearsal";

const EXIT_CODES: Readonly<Record<Outcome, number>> = { promoted: 0, completed: 0, "rolled-back": 2, paused: 2 };

export const rehearse: Command = {
  name: "rehearse",
  summary: "run the declared rollout on this machine, with real models and real traffic",
  description: [
    "Starts the bundled server once per version as the manifests say, sends recorded requests through a local router that",
    "obeys the split, and drives the rollout's policy with the clock sped up. Needs no cluster and no container engine.",
    "Writes report.html, report.md, report.json and evidence-VERSION.json.",
    "Exit code: 0 promoted or completed, 2 rolled back or paused, 1 broken, 130 interrupted.",
  ],
  argument: PROPS_FILE,
  options: {
    speed: { type: "string", placeholder: "N", help: "how many times faster hold times pass (60)" },
    rate: { type: "string", placeholder: "N", help: "requests per second, in real time (200)" },
    deadline: {
      type: "string",
      placeholder: "N",
      help: "pause a rollout that takes N times its declared time (20, or more on a very fast clock)",
    },
    fault: {
      type: "string",
      multiple: true,
      placeholder: "FAULT",
      help: "put in a fault, in place of the file's: canary:latency=250ms,errors=5%,crash,at=40s",
    },
    seed: { type: "string", placeholder: "N", help: "seed of every random choice (1)" },
    out: { type: "string", placeholder: "DIR", help: "where the reports go (rehearsal/NAME-VERSIONS)" },
  },
  async run(invocation) {
    const over = readOptions(invocation);
    const planned = await planFile(invocation.argument);
    const report = await interruptible((signal) => rehearseFile(planned, over, signal));
    const { out } = invocation.options;
    const folder = typeof out === "string" ? out : defaultFolder(report);
    const written = writeReports(report, folder).map((file) => basename(file));
    const summary = formatSummary(report, styleFor(process.stdout));
    process.stdout.write(`${summary}\nWritten to ${folder}: ${written.join(", ")}\n`);
    return EXIT_CODES[report.outcome];
  },
};

/** Settings given on the command line. */
function readOptions({ options }: Invocation): Partial<RehearsalSettings> {
  const diagnostics = new Diagnostics();
  const read = (name: string, check: Check<number>) =>
    options[name] === undefined ? undefined : check(numberOrText(options[name]), `--${name}`, diagnostics);
  const over = {
    speed: read("speed", checkSpeed),
    rate: read("rate", checkRate),
    deadline: read("deadline", checkDeadline),
    seed: read("seed", checkSeed),
  };
  const texts = options["fault"] as string[] | undefined;
  const faults = texts?.map((text) => parseFault(text, "--fault", diagnostics));
  tellFindings("The command line", diagnostics.findings);
  const given = Object.fromEntries(Object.entries(over).filter(([, value]) => value !== undefined));
  return { ...given, ...(faults && { faults: faults as Fault[] }) };
}

/** The number that a text says; a text that says none is left for the check to refuse. */
function numberOrText(text: unknown): unknown {
  const value = Number(text || NaN);
  return Number.isNaN(value) ? text : value;
}
