interface Task {
  readonly close: () => Promise<void> | void;
  readonly atExit: () => void;
}

/**
 * Everything that a rehearsal has started and must leave nothing of. Closed in reverse order at its end; whatever is
 * still there when this process exits for another reason is ended at once.
 */
export class Cleanup {
  private readonly tasks: Task[] = [];
  private readonly exiting = () => {
    for (const task of this.tasks.reverse()) task.atExit();
  };

  constructor() {
    process.once("exit", this.exiting);
  }

  /** Adds how to end something in order, and how to end it at once, without waiting. */
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
