import type { Command } from "./command";

/** What `slipway` alone prints. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  return [
    "slipway: rollouts of machine-learning models, declared in code",
    "",
    "Usage: slipway COMMAND [OPTIONS]",
    "",
    "Commands:",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    "",
    "FILE is a TypeScript, JavaScript or JSON module that exports `name`, `props`, `construct` (default: CanaryRollout) and,",
    "for a rehearsal, `rehearsal`.",
    "Run `slipway help COMMAND` for details, and `slipway --version` for the version.",
    "",
  ].join("\n");
}

/** What `slipway help COMMAND` prints. */
export function commandHelp({ name, description, argument, options }: Command): string {
  const entries = Object.entries(options).map(([option, { placeholder, help }]) => ({
    flag: `--${option}${placeholder === undefined ? "" : ` ${placeholder}`}`,
    help,
  }));
  const width = Math.max(0, ...entries.map(({ flag }) => flag.length)) + 2;
  return [
    `Usage: slipway ${name}${argument ? ` ${argument.placeholder}` : ""}${entries.length > 0 ? " [OPTIONS]" : ""}`,
    "",
    ...description,
    ...(entries.length > 0 ? ["", "Options:"] : []),
    ...entries.map(({ flag, help }) => `  ${flag.padEnd(width)}${help}`),
    "",
  ].join("\n");
}
