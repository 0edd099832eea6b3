import { CacheTally } from "./cache-tally";
import { Tally } from "./tally";

/** The statistics of one model version since it was first loaded. */
export class ModelStatistics {
  /** Total time in the server of requests that succeeded, and of those that failed or were rejected. */
  readonly succeeded = new Tally();
  readonly failed = new Tally();
  /** Time of each request in the queue. */
  readonly queue = new Tally();
  /** Time of each run of the model. */
  readonly compute = new Tally();
  /** The same for each request: requests that share a run each count all of its time. */
  readonly computeOfRequests = new Tally();
  /** The same by the number of rows in the run. */
  readonly computeByRows = new Map<number, Tally>();
  /** The statistics of the cache; all 0 if there is none. */
  readonly cache = new CacheTally();
  /** Rows computed so far. */
  rows = 0;
  /** When the last run ended, in milliseconds since the epoch; 0 before the first. */
  lastRunAt = 0;

  requestEnded(isSuccess: boolean, seconds: number): void {
    (isSuccess ? this.succeeded : this.failed).add(seconds);
  }

  computed(seconds: number, rows: number, requests: number): void {
    this.compute.add(seconds);
    this.computeOfRequests.add(seconds * requests, requests);
    this.rows += rows;
    this.lastRunAt = Date.now();
    const known = this.computeByRows.get(rows);
    const tally = known ?? new Tally();
    tally.add(seconds);
    if (!known) this.computeByRows.set(rows, tally);
  }
}
