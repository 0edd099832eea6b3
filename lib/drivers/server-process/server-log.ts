const KEPT_LINES = 40;
/** On lines that begin so, the server says in plain text why it cannot serve. */
const FATAL_PREFIX = "slipway-serving: ";

/** The last lines that a server wrote. */
export class ServerLog {
  private readonly lines: string[] = [];
  private rest = "";

  write(chunk: string): void {
    const lines = (this.rest + chunk).split("\n");
    this.rest = lines.pop() ?? "";
    this.lines.push(...lines.filter((line) => line.trim() !== ""));
    this.lines.splice(0, Math.max(0, this.lines.length - KEPT_LINES));
  }

  last(count: number): string[] {
    return this.all().slice(-count);
  }

  /** Why the server cannot serve, if it said so. */
  fatalMessage(): string | undefined {
    const fatal = this.all().filter((line) => line.startsWith(FATAL_PREFIX));
    return fatal.length === 0 ? undefined : fatal.map((line) => line.slice(FATAL_PREFIX.length)).join(" ");
  }

  mentions(text: string): boolean {
    return this.all().some((line) => line.includes(text));
  }

  private all(): string[] {
    return this.rest.trim() === "" ? this.lines : [...this.lines, this.rest];
  }
}
