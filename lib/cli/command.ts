/** An option of a command, as `node:util` parses it and the help shows it. */
export interface CommandOption {
  readonly type: "string" | "boolean";
  /** May be given more than once. */
  readonly multiple?: boolean;
  /** What stands for the value in the help. */
  readonly placeholder?: string;
  readonly help: string;
}

/** What a command was called with. */
export interface Invocation {
  /** The props file; always there for commands that take one. */
  readonly file: string;
  readonly options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
}

/** A command of the command line. */
export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What it does, what it writes and how it exits. */
  readonly description: readonly string[];
  readonly takesFile: boolean;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Resolves with the exit code. */
  run(invocation: Invocation): Promise<number>;
}
