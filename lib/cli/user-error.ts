/** A problem that the user can fix: reported in one line, without a stack trace. */
export class UserError extends Error {
  constructor(
    message: string,
    /** Further lines of explanation. */
    readonly details: readonly string[] = [],
  ) {
    super(message);
    this.name = "UserError";
  }
}
