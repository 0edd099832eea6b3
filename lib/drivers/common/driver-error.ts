/** A driver cannot do its work: what happened, in one sentence, and lines that explain it. */
export class DriverError extends Error {
  constructor(
    message: string,
    readonly details: readonly string[] = [],
  ) {
    super(message);
    this.name = "DriverError";
  }
}
