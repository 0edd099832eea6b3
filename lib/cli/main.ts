import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suggestion } from "../core/checks/suggest";
import { Refusal } from "../core/findings/refusal";
import { Broken } from "../drivers/rehearsal/broken";
import type { Command } from "./command";
import { conformance } from "./commands/conformance";
import { demo } from "./commands/demo";
import { examples } from "./commands/examples";
import { manifests } from "./commands/manifests";
import { rehearse } from "./commands/rehearse";
import { serve } from "./commands/serve";
import { timetable } from "./commands/timetable";
import { commandHelp, overview } from "./help";
import { Interrupted } from "./interrupt";
import { parseInvocation } from "./parse";
import { UserError } from "./user-error";

const COMMANDS: readonly Command[] = [rehearse, timetable, manifests, serve, conformance, demo, examples];

/** Runs the command line, and sets the exit code of this process. */
export async function main(args: readonly string[]): Promise<void> {
  // A reader that has seen enough, such as `head`, is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  try {
    process.exitCode = await dispatch(args);
  } catch (error) {
    process.exitCode = tell(error);
  }
}

async function dispatch([first, ...rest]: readonly string[]): Promise<number> {
  if (first === undefined || first === "--help" || first === "-h") return print(overview(COMMANDS));
  if (first === "--version" || first === "-v") return print(`${version()}\n`);
  if (first === "help") return print(rest[0] === undefined ? overview(COMMANDS) : commandHelp(find(rest[0])));
  const command = find(first);
  if (rest.includes("--help") || rest.includes("-h")) return print(commandHelp(command));
  return command.run(parseInvocation(command, rest));
}

function find(name: string): Command {
  const command = COMMANDS.find((each) => each.name === name);
  if (command) return command;
  const names = COMMANDS.map((each) => each.name);
  const near = suggestion(name, names);
  throw new UserError(`there is no command "${name}"${near === undefined ? "" : `; did you mean ${near}?`}`, [
    `Commands: ${names.join(", ")}`,
  ]);
}

/** Tells what went wrong, and gives the exit code for it. */
function tell(error: unknown): number {
  if (error instanceof Interrupted) {
    process.stderr.write(`slipway: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof UserError || error instanceof Broken) {
    process.stderr.write([`slipway: ${error.message}`, ...error.details.map((line) => `  ${line}`), ""].join("\n"));
  } else if (error instanceof Refusal || isSystemError(error)) process.stderr.write(`slipway: ${error.message}\n`);
  else process.stderr.write(`slipway: this is a bug: ${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}

/** A file that cannot be written, and the like: the system says what and where. */
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
