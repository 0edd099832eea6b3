/** An option of a command, as `node:util` parses it and the help shows it. */
export interface CommandOption {
  readonly type: "string" | "boolean";
  /** May be given more than once. */
  readonly multiple?: boolean;
  /** Placeholder of the value in the help. */
  readonly placeholder?: string;
  readonly help: string;
}

/** The argument of commands that work on a props file. */
export const PROPS_FILE = { placeholder: "FILE", what: "the props FILE" };

/** What a command was called with. */
export interface Invocation {
  /** The argument after the command's name: a file or a URL. Never empty for a command that requires one. */
  readonly argument: string;
  readonly options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
}

/** A command of the command line. */
export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What it does, what it writes and how it exits. */
  readonly description: readonly string[];
  /** Its argument, as the help shows it and as messages name it; missing for a command without one. */
  readonly argument?: { readonly placeholder: string; readonly what: string };
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Resolves with the exit code. */
  run(invocation: Invocation): Promise<number>;
}
