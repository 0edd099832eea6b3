const KEPT = 40;
/** The server says in plain words why it ends, on lines that begin so. */
const COMPLAINT = "slipway-serving: ";

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

  /** What the server said keeps it from serving, if it did. */
  complaint(): string | undefined {
    const said = this.all().filter((line) => line.startsWith(COMPLAINT));
    return said.length === 0 ? undefined : said.map((line) => line.slice(COMPLAINT.length)).join(" ");
  }

  mentions(text: string): boolean {
    return this.all().some((line) => line.includes(text));
  }

  private all(): string[] {
    return this.rest.trim() === "" ? this.lines : [...this.lines, this.rest];
  }
}
