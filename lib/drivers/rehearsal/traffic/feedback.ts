import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Caller } from "./caller";
import type { Random } from "../random";

/** One value that comes back about a prediction. */
interface Item {
  readonly dueAt: number;
  /** Missing of true feedback. */
  readonly noise?: keyof FeedbackNoise;
  readonly id: string;
  readonly metric: string;
  readonly value: number;
}

/** A prediction that feedback is about. */
export interface Prediction {
  readonly id: string;
  readonly version: string;
}

/** Shares of the feedback beside which something comes that must not count. */
export interface FeedbackNoise {
  /** Comes a second time. */
  readonly repeated: number;
  /** Is accompanied by a value for a prediction that nobody made. */
  readonly unknown: number;
  /** Is accompanied by a value for a prediction of a version that takes no part. */
  readonly foreign: number;
}

/** What feedback is sent with. */
export interface FeedbackOptions {
  readonly caller: Caller;
  readonly path: string;
  /** How long after the answer feedback comes, in real milliseconds. */
  readonly delayMs: number;
  readonly noise: FeedbackNoise;
  readonly random: Random;
}

/** What became of the values that were sent. */
export interface FeedbackCounts {
  sent: number;
  accepted: number;
  /** Known already. */
  duplicate: number;
  /** For a prediction that the servers do not know for theirs, or malformed. */
  refused: number;
  /** No server took them. */
  failed: number;
  /** Of those sent, by how they were wrong. */
  readonly noise: { repeated: number; unknown: number; foreign: number };
}

/** Values that fall due within this time are sent together. */
const TICK_MS = 40;
/** Repeated values come this much later than the first time. */
const REPEAT_MS = 300;
const TRIES = 3;
const RETRY_MS = 100;
/** A version that no rollout has. */
const FOREIGN_VERSION = "0.0.0-elsewhere";

/** Labels and rewards that come some time after the answers they judge, through the router, to whichever replica it picks. */
export class Feedback {
  readonly counts: FeedbackCounts = {
    sent: 0,
    accepted: 0,
    duplicate: 0,
    refused: 0,
    failed: 0,
    noise: { repeated: 0, unknown: 0, foreign: 0 },
  };
  private waiting: Item[] = [];
  private readonly pending = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: FeedbackOptions) {}

  start(): void {
    this.timer = setInterval(() => this.sendDue(), TICK_MS);
  }

  /** Sends no more, and waits for what is on its way; values that are not due yet are dropped. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.pending);
  }

  /** Tells something about a prediction of a version, and whatever noise comes with it. */
  add({ id, version }: Prediction, metric: string, value: number): void {
    const dueAt = performance.now() + this.options.delayMs;
    const told = { dueAt, metric, value };
    this.waiting.push({ ...told, id });
    if (this.draws("repeated")) this.waiting.push({ ...told, noise: "repeated", id, dueAt: dueAt + REPEAT_MS });
    if (this.draws("unknown")) this.waiting.push({ ...told, noise: "unknown", id: randomUUID() });
    if (this.draws("foreign")) {
      this.waiting.push({ ...told, noise: "foreign", id: `${FOREIGN_VERSION}${id.slice(version.length)}` });
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

  /** The server says of each value what became of it, also where it refused them all. */
  private count(body: string, sent: number): void {
    const { accepted = 0, duplicate = 0, refused = 0 } = JSON.parse(body) as Partial<FeedbackCounts>;
    this.counts.accepted += accepted;
    this.counts.duplicate += duplicate;
    this.counts.refused += refused;
    this.counts.failed += sent - accepted - duplicate - refused;
  }
}
