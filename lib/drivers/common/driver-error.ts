/** A rehearsal that could not be carried out: what happened in one sentence, and what explains it. */
export class Broken extends Error {
  constructor(
    message: string,
    readonly details: readonly string[] = [],
  ) {
    super(message);
    this.name = "Broken";
  }
}
