const KEPT = 40;

/** The last lines that a server wrote. */
export class ServerLog {
  private readonly lines: string[] = [];
  private rest = "";

  write(chunk: string): void {
    const lines = (this.rest + chunk).split("\n");
    this.rest = lines.pop() ?? "";
    this.lines.push(...lines.filter((line) => line.trim() !== ""));
    this.lines.splice(0, Math.max(0, this.lines.length - KEPT));
  }

  last(count: number): string[] {
    return this.all().slice(-count);
  }

  /** What the server said went wrong, last. */
  complaint(): string | undefined {
    return this.all().map(complaintOf).findLast((each) => each !== undefined);
  }

  mentions(text: string): boolean {
    return this.all().some((line) => line.includes(text));
  }

  private all(): string[] {
    return this.rest.trim() === "" ? this.lines : [...this.lines, this.rest];
  }
}

/** The message of a structured log line of level error or worse. */
function complaintOf(line: string): string | undefined {
  try {
    const { level, msg } = JSON.parse(line) as { level?: unknown; msg?: unknown };
    const bad = level === "error" || level === "fatal" || (typeof level === "number" && level >= 50);
    return bad && typeof msg === "string" ? msg : undefined;
  } catch {
    return undefined;
  }
}
