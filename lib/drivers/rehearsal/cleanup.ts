interface Task {
  readonly close: () => Promise<void> | void;
  readonly atExit: () => void;
}

/**
 * Everything that a rehearsal has started. It is closed in reverse order at the end; when this process exits for another
 * reason, whatever is left is ended at once.
 */
export class Cleanup {
  private readonly tasks: Task[] = [];
  private readonly exiting = () => {
    for (const task of this.tasks.reverse()) task.atExit();
  };

  constructor() {
    process.once("exit", this.exiting);
  }

  /** Adds a way to close something, and a way to end it at once at exit, where nothing can be awaited. */
  add(close: Task["close"], atExit: Task["atExit"] = () => {}): void {
    this.tasks.push({ close, atExit });
  }

  async close(): Promise<void> {
    for (let task = this.tasks.at(-1); task !== undefined; task = this.tasks.at(-1)) {
      await task.close();
      this.tasks.pop();
    }
    process.off("exit", this.exiting);
  }
}
