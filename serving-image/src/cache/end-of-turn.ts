let end: Promise<void> | undefined;

/**
 * Resolves once the event loop has read all pending input. Writing the responses together is much cheaper than interleaving
 * them with reads, since each write wakes its reader up: on one core, that is over a third of the cost of a hit.
 */
export function endOfTurn(): Promise<void> {
  end ??= new Promise((resolve) =>
    setImmediate(() => {
      end = undefined;
      resolve();
    }),
  );
  return end;
}
