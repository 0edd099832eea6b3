/** A problem that the user can mend; it is told in one line, without a stack. */
export class UserError extends Error {
  constructor(
    message: string,
    /** Further lines that explain it. */
    readonly details: readonly string[] = [],
  ) {
    super(message);
    this.name = "UserError";
  }
}
