import type { Caller, CallAnswer } from "./caller";
import type { Random } from "../random";
import { USER_HEADER } from "./users";
import { inferenceBody, type Sample, type Samples } from "./samples";

/** One request of the load, answered or not. */
export interface LoadedCall {
  readonly sample: Sample;
  readonly user: string;
  /** When it was sent, on the clock of `performance`. */
  readonly sentAt: number;
  /** Missing when the caller got no answer at all. */
  readonly answer?: CallAnswer;
  /** Since the moment at which the request was due: waiting for a late sender counts as latency too. */
  readonly seconds: number;
}

/** What a load is made from. */
export interface LoadOptions {
  readonly caller: Caller;
  readonly path: string;
  readonly samples: Samples;
  /** Requests per second. */
  readonly rate: number;
  readonly random: Random;
  /** How many users make the requests. */
  readonly users: number;
  /** Chooses the user of a request. */
  readonly userRandom: Random;
  readonly onCall: (call: LoadedCall) => void;
}

/** Beyond so many seconds' worth of unanswered requests, more of them would only measure how long a queue can be. */
const MOST_SECONDS_UNANSWERED = 3;

/**
 * Sends recorded requests at random moments (a Poisson process) whether or not the earlier ones were answered: a slow
 * server does not slow its callers down, it makes them wait. Where nothing keeps up at all, requests are left out.
 */
export class Load {
  sent = 0;
  /** Requests that were left out. */
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
    this.proceed();
  }

  /** Sends no more, and waits for the answers that are still to come. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await Promise.all(this.pending);
  }

  private proceed(): void {
    const { rate, random } = this.options;
    const now = performance.now();
    while (this.dueAt <= now) {
      if (this.pending.size >= rate * MOST_SECONDS_UNANSWERED) this.leftOut += 1;
      else this.send(this.dueAt);
      this.dueAt += (-Math.log(1 - random()) / rate) * 1000;
    }
    this.timer = setTimeout(() => this.proceed(), this.dueAt - now);
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
