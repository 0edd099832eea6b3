import { setTimeout as sleep } from "node:timers/promises";
import type { Caller } from "./caller";

interface Label {
  readonly dueAt: number;
  readonly predictionId: string;
  readonly value: number;
}

/** What labels are sent with. */
export interface LabelOptions {
  readonly caller: Caller;
  readonly path: string;
  /** Business metric as which they count. */
  readonly metric: string;
  /** How long after the answer a label comes back, in real milliseconds. */
  readonly delayMs: number;
}

/** Labels that fall due within this time are sent together. */
const TICK_MS = 40;
const TRIES = 3;
const RETRY_MS = 100;

/** Labels that come back some time after the answers they judge, through the router, to whichever replica it picks. */
export class Labels {
  sent = 0;
  /** Labels that no server took. */
  failed = 0;
  private readonly waiting: Label[] = [];
  private readonly pending = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: LabelOptions) {}

  start(): void {
    this.timer = setInterval(() => this.sendDue(), TICK_MS);
  }

  /** Sends no more, and waits for what is on its way; labels that are not due yet are dropped. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.pending);
  }

  add(predictionId: string, value: number): void {
    this.waiting.push({ dueAt: performance.now() + this.options.delayMs, predictionId, value });
  }

  /** The delay is the same for all of them, so they fall due in the order in which they came. */
  private sendDue(): void {
    const now = performance.now();
    const first = this.waiting.findIndex(({ dueAt }) => dueAt > now);
    const due = this.waiting.splice(0, first < 0 ? this.waiting.length : first);
    if (due.length === 0) return;
    this.sent += due.length;
    const sending = this.send(due).finally(() => this.pending.delete(sending));
    this.pending.add(sending);
  }

  private async send(labels: readonly Label[]): Promise<void> {
    const { caller, path, metric } = this.options;
    const body = Buffer.from(JSON.stringify(labels.map(({ predictionId: id, value }) => ({ id, metric, value }))));
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const answer = await caller.post(path, body);
      if (answer !== undefined && answer.status < 400) {
        this.failed += (JSON.parse(answer.body) as { refused?: number }).refused ?? 0;
        return;
      }
      if (tries < TRIES) await sleep(RETRY_MS);
    }
    this.failed += labels.length;
  }
}
