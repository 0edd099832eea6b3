/** How often something happened, and how long it took in all. */
export class Tally {
  count = 0;
  seconds = 0;

  add(seconds: number, count = 1): void {
    this.count += count;
    this.seconds += seconds;
  }

  /** Mean of what took the time; 0 where nothing did. */
  get meanSeconds(): number {
    return this.count === 0 ? 0 : this.seconds / this.count;
  }
}
