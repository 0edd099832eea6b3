/** Timeout of a test or a hook that waits for something outside of this process. */
export const OUTSIDE_TIMEOUT_MS = 60_000;

/**
 * `describe` for tests that need something from the outside. If it is missing, they are skipped, and one line says so.
 *
 * @param needed what is needed, or undefined if it is missing
 * @param how explains how to get it
 */
export function describeIf<Needed>(
  needed: Needed | undefined,
  how: string,
  name: string,
  body: (needed: Needed) => void,
): void {
  if (needed !== undefined) {
    jest.setTimeout(OUTSIDE_TIMEOUT_MS);
    describe(name, () => body(needed));
    return;
  }
  process.stderr.write(`skipped: ${name}: ${how}\n`);
  describe(name, () => it.skip(how, () => undefined));
}
