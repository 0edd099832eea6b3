/** A count of events and their total duration. */
export class Tally {
  count = 0;
  seconds = 0;

  add(seconds: number, count = 1): void {
    this.count += count;
    this.seconds += seconds;
  }

  /** The mean duration; 0 if nothing was counted. */
  get meanSeconds(): number {
    return this.count === 0 ? 0 : this.seconds / this.count;
  }
}
