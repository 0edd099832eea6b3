import { parseArgs } from "node:util";
import { suggestion } from "../core/checks/suggest";
import type { Command, Invocation } from "./command";
import { UserError } from "./user-error";

/** Parses the arguments after the name of a command. */
export function parseInvocation(command: Command, args: readonly string[]): Invocation {
  const { values, positionals } = parse(command, args);
  const [argument, ...more] = positionals;
  if (more.length > 0 || (argument !== undefined && command.argument === undefined)) {
    throw usageError(command, `unexpected argument "${more[0] ?? argument}"`);
  }
  if (command.argument && argument === undefined) throw usageError(command, `${command.argument.what} is missing`);
  return { argument: argument ?? "", options: values };
}

function parse(command: Command, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { ...command.options }, allowPositionals: true, strict: true });
  } catch (error) {
    throw usageError(command, describeError(error as Error, Object.keys(command.options)));
  }
}

function describeError({ message }: Error, known: readonly string[]): string {
  const [, unknown] = /^Unknown option '-{1,2}([^']+)'/.exec(message) ?? [];
  if (unknown === undefined) return (message.split("\n")[0] as string).replace(/[.\s]+$/, "");
  const near = suggestion(unknown, known);
  return `unknown option --${unknown}${near === undefined ? "" : `; did you mean --${near}?`}`;
}

function usageError({ name }: Command, message: string): UserError {
  return new UserError(message, [`See: slipway help ${name}`]);
}
