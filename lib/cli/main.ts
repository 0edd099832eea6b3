import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suggestion } from "../core/checks/suggest";
import { PlanError } from "../core/findings/plan-error";
import { DriverError } from "../drivers/common/driver-error";
import type { Command } from "./command";
import { abTestPlan } from "./commands/ab-test-plan";
import { abTestResults } from "./commands/ab-test-results";
import { calibrate } from "./commands/calibrate";
import { conformance } from "./commands/conformance";
import { demo } from "./commands/demo";
import { examples } from "./commands/examples";
import { inspect } from "./commands/inspect";
import { manifests } from "./commands/manifests";
import { rehearse } from "./commands/rehearse";
import { serve } from "./commands/serve";
import { timetable } from "./commands/timetable";
import { commandHelp, overview } from "./help";
import { Interrupted } from "./interrupt";
import { parseInvocation } from "./parse";
import { UserError } from "./user-error";

const COMMANDS: readonly Command[] = [
  rehearse,
  calibrate,
  timetable,
  manifests,
  abTestPlan,
  abTestResults,
  serve,
  inspect,
  conformance,
  demo,
  examples,
];

/** Runs the command line, and sets the exit code of this process. */
export async function main(args: readonly string[]): Promise<void> {
  // A reader that closes the pipe early, such as `head`, is not an error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  try {
    process.exitCode = await dispatch(args);
  } catch (error) {
    process.exitCode = reportError(error);
  }
}

async function dispatch(args: readonly string[]): Promise<number> {
  const [first, ...words] = args;
  if (first === undefined || first === "--help" || first === "-h") return print(overview(COMMANDS));
  if (first === "--version" || first === "-v") return print(`${version()}\n`);
  if (first === "help") return print(words.length === 0 ? overview(COMMANDS) : commandHelp(find(words).command));
  const { command, rest } = find(args);
  if (rest.includes("--help") || rest.includes("-h")) return print(commandHelp(command));
  return command.run(parseInvocation(command, rest));
}

/** The command whose name of one or two words comes first, and the words after the name. */
function find(words: readonly string[]): { readonly command: Command; readonly rest: readonly string[] } {
  for (const length of [2, 1]) {
    const command = COMMANDS.find(({ name }) => name === words.slice(0, length).join(" "));
    if (command) return { command, rest: words.slice(length) };
  }
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${words[0]} `));
  const name = (group.length > 0 ? words.slice(0, 2) : words.slice(0, 1)).join(" ");
  const names = COMMANDS.map((each) => each.name);
  const near = suggestion(name, names);
  throw new UserError(`unknown command "${name}"${near === undefined ? "" : `; did you mean ${near}?`}`, [
    `Commands: ${names.join(", ")}`,
  ]);
}

/** Prints an error, and returns its exit code. */
function reportError(error: unknown): number {
  if (error instanceof Interrupted) {
    process.stderr.write(`slipway: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof UserError || error instanceof DriverError) {
    process.stderr.write([`slipway: ${error.message}`, ...error.details.map((line) => `  ${line}`), ""].join("\n"));
  } else if (error instanceof PlanError || isSystemError(error)) process.stderr.write(`slipway: ${error.message}\n`);
  else
    process.stderr.write(
      `slipway: internal error, please report it: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
  return 1;
}

/** Whether the operating system reported it, such as a file that cannot be written: its message says what and where. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function version(): string {
  const file = join(__dirname, "..", "..", "..", "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
