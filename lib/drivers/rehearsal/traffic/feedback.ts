import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Caller } from "./caller";
import type { Random } from "../../../core/random";

/** One value of feedback on a prediction. */
interface Item {
  readonly dueAt: number;
  /** Kind of noise; missing for true feedback. */
  readonly noise?: keyof FeedbackNoise;
  readonly id: string;
  readonly metric: string;
  readonly value: number;
}

/** A prediction that feedback refers to. */
export interface Prediction {
  readonly id: string;
  readonly version: string;
}

/** Feedback that must not count, as shares of the true feedback. */
interface FeedbackNoise {
  /** Sent a second time. */
  readonly repeated: number;
  /** Accompanied by a value for a prediction that does not exist. */
  readonly unknown: number;
  /** Accompanied by a value for a prediction of a version outside the rollout. */
  readonly foreign: number;
}

/** How feedback is sent. */
interface FeedbackOptions {
  readonly caller: Caller;
  readonly path: string;
  /** Time from the answer to the feedback, in real milliseconds. */
  readonly delayMs: number;
  readonly noise: FeedbackNoise;
  readonly random: Random;
}

/** Results of the values that were sent. */
export interface FeedbackCounts {
  sent: number;
  accepted: number;
  /** Already known to the server. */
  duplicate: number;
  /** Malformed, or for a prediction that is not the servers' own. */
  refused: number;
  /** Accepted by no server. */
  failed: number;
  /** Noise among the values sent, by kind. */
  readonly noise: { repeated: number; unknown: number; foreign: number };
}

/** The counts before any value is sent. */
export function noFeedback(): FeedbackCounts {
  const noise = { repeated: 0, unknown: 0, foreign: 0 };
  return { sent: 0, accepted: 0, duplicate: 0, refused: 0, failed: 0, noise };
}

/** Values that are due within this time are sent together. */
const TICK_MS = 40;
/** Repeated values follow the first ones after this time. */
const REPEAT_MS = 300;
const TRIES = 3;
const RETRY_MS = 100;
/** A version that is part of no rollout. */
const FOREIGN_VERSION = "0.0.0-elsewhere";

/** Sends labels and rewards some time after the answers they refer to, through the router, to any replica. */
export class Feedback {
  readonly counts = noFeedback();
  private waiting: Item[] = [];
  private readonly pending = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: FeedbackOptions) {}

  start(): void {
    this.timer = setInterval(() => this.sendDue(), TICK_MS);
  }

  /** Stops sending, and waits for requests in flight; values that are not due yet are dropped. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.pending);
  }

  /** Queues a value for a prediction, and the noise that accompanies it. */
  add({ id, version }: Prediction, metric: string, value: number): void {
    const dueAt = performance.now() + this.options.delayMs;
    const item = { dueAt, metric, value };
    this.waiting.push({ ...item, id });
    if (this.draws("repeated")) this.waiting.push({ ...item, noise: "repeated", id, dueAt: dueAt + REPEAT_MS });
    if (this.draws("unknown")) this.waiting.push({ ...item, noise: "unknown", id: randomUUID() });
    if (this.draws("foreign")) {
      this.waiting.push({ ...item, noise: "foreign", id: `${FOREIGN_VERSION}${id.slice(version.length)}` });
    }
  }

  private draws(kind: keyof FeedbackNoise): boolean {
    const { noise, random } = this.options;
    return noise[kind] > 0 && random() < noise[kind];
  }

  private sendDue(): void {
    const now = performance.now();
    const due = this.waiting.filter(({ dueAt }) => dueAt <= now);
    if (due.length === 0) return;
    this.waiting = this.waiting.filter(({ dueAt }) => dueAt > now);
    this.counts.sent += due.length;
    for (const { noise } of due) if (noise !== undefined) this.counts.noise[noise] += 1;
    const sending = this.send(due).finally(() => this.pending.delete(sending));
    this.pending.add(sending);
  }

  private async send(items: readonly Item[]): Promise<void> {
    const { caller, path } = this.options;
    const body = Buffer.from(JSON.stringify(items.map(({ id, metric, value }) => ({ id, metric, value }))));
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const answer = await caller.post(path, body);
      if (answer !== undefined && answer.status < 500) return this.count(answer.body, items.length);
      if (tries < TRIES) await sleep(RETRY_MS);
    }
    this.counts.failed += items.length;
  }

  /** The server reports a result for each value, even if it refuses all of them. */
  private count(body: string, sent: number): void {
    const { accepted = 0, duplicate = 0, refused = 0 } = JSON.parse(body) as Partial<FeedbackCounts>;
    this.counts.accepted += accepted;
    this.counts.duplicate += duplicate;
    this.counts.refused += refused;
    this.counts.failed += sent - accepted - duplicate - refused;
  }
}

/** By metric, then by version: the share of its predictions that earn a 1. */
type RewardRates = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A value that a prediction earned. */
interface Reward {
  readonly metric: string;
  readonly value: number;
}

/** Draws the rewards of a prediction of a version from the declared rates. */
export function drawRewards(rates: RewardRates, version: string, random: Random): Reward[] {
  return Object.entries(rates).flatMap(([metric, { [version]: rate }]) =>
    rate === undefined ? [] : [{ metric, value: random() < rate ? 1 : 0 }],
  );
}
