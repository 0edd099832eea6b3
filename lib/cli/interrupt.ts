/** The user, or the system, asked to stop. */
export class Interrupted extends Error {
  readonly exitCode = 130;

  constructor() {
    super("interrupted; all started processes were stopped");
    this.name = "Interrupted";
  }
}

/**
 * Runs work that can be interrupted. The first Ctrl-C aborts it and lets it clean up. A second one ends this process
 * immediately, and with it the processes that it has started.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  const interrupt = () => {
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort(new Interrupted());
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
