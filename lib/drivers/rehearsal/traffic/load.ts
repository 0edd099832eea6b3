import type { Caller, CallAnswer } from "./caller";
import type { Random } from "../../../core/random";
import { USER_HEADER } from "./users";
import { inferenceBody, type Sample, type Samples } from "./samples";

/** One request of the load, answered or not. */
export interface LoadCall {
  readonly sample: Sample;
  readonly user: string;
  /** When it was sent, on the clock of `performance`. */
  readonly sentAt: number;
  /** Missing if the caller got none. */
  readonly answer?: CallAnswer;
  /** Since the request was due: time that it waited to be sent counts as latency too. */
  readonly seconds: number;
}

/** How a load is created. */
interface LoadOptions {
  readonly caller: Caller;
  readonly path: string;
  readonly samples: Samples;
  /** Requests per second. */
  readonly rate: number;
  readonly random: Random;
  /** Number of users who make the requests. */
  readonly users: number;
  /** Chooses the user of a request. */
  readonly userRandom: Random;
  readonly onCall: (call: LoadCall) => void;
}

/** With this many seconds' worth of requests unanswered, further ones would only measure the length of a queue. */
const MAX_SECONDS_UNANSWERED = 3;

/**
 * Sends recorded requests at random times (a Poisson process), whether or not earlier ones were answered: a slow server
 * does not slow its callers down, it makes them wait. If it does not keep up at all, requests are skipped.
 */
export class Load {
  sent = 0;
  /** Requests that were skipped. */
  leftOut = 0;
  private readonly bodies: readonly Buffer[];
  private readonly pending = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private dueAt = 0;

  constructor(private readonly options: LoadOptions) {
    const { samples } = options;
    this.bodies = samples.samples.map((sample) => inferenceBody(samples, sample));
  }

  start(): void {
    this.dueAt = performance.now();
    this.sendDue();
  }

  /** Stops sending, and waits for the answers still due. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await Promise.all(this.pending);
  }

  private sendDue(): void {
    const { rate, random } = this.options;
    const now = performance.now();
    while (this.dueAt <= now) {
      if (this.pending.size >= rate * MAX_SECONDS_UNANSWERED) this.leftOut += 1;
      else this.send(this.dueAt);
      this.dueAt += (-Math.log(1 - random()) / rate) * 1000;
    }
    this.timer = setTimeout(() => this.sendDue(), this.dueAt - now);
  }

  private send(dueAt: number): void {
    const { caller, path, samples, random, users, userRandom, onCall } = this.options;
    const user = `user-${Math.floor(userRandom() * users)}`;
    const sentAt = performance.now();
    const index = Math.floor(random() * this.bodies.length);
    this.sent += 1;
    const call = caller.post(path, this.bodies[index] as Buffer, { [USER_HEADER]: user }).then((answer) => {
      this.pending.delete(call);
      const seconds = (performance.now() - dueAt) / 1000;
      onCall({ sample: samples.samples[index] as Sample, user, sentAt, seconds, ...(answer && { answer }) });
    });
    this.pending.add(call);
  }
}
