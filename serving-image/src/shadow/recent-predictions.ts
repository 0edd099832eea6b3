import { contract } from "../core/contract";
import type { ObservedRequest, RequestObserver } from "../observability/instrument";
import { PendingPairs } from "./pending-pairs";
import { bytesOf, type PredictionRecord, toPredictionRecord } from "./prediction-record";
import type { ComparisonConfig } from "./settings";

/** Approximate size limit of one answer to a shadow, which receives the rest with its next poll. */
const MAX_ANSWER_BYTES = 4 * 2 ** 20;
const EXPIRE_EVERY_MS = 1000;

/** Keeps the latest predictions while shadows poll for them, and returns them by request id. */
export class RecentPredictions implements RequestObserver {
  private readonly byModel = new Map<string, PendingPairs>();
  private keepUntil = 0;

  constructor(private readonly config: ComparisonConfig) {
    setInterval(() => this.expire(), EXPIRE_EVERY_MS).unref();
  }

  /** The number of predictions that are kept. */
  get size(): number {
    return [...this.byModel.values()].reduce((sum, kept) => sum + kept.size, 0);
  }

  onRequest(request: ObservedRequest): void {
    if (performance.now() > this.keepUntil) return;
    const id = request.header(contract.headers.requestId);
    if (id === undefined) return;
    setImmediate(() => this.of(request.model).add(toPredictionRecord(id, request, this.config.maxPredictionBytes)));
  }

  /** Returns the records of these requests, and keeps more of them for a while. */
  lookUp(model: string, ids: readonly string[]): PredictionRecord[] {
    this.keepUntil = performance.now() + this.config.ttlSeconds * 1000;
    const kept = this.of(model);
    const found: PredictionRecord[] = [];
    let bytes = 0;
    for (const id of ids) {
      const record = kept.get(id);
      if (!record) continue;
      found.push(record);
      bytes += bytesOf(record);
      if (bytes > MAX_ANSWER_BYTES) break;
    }
    return found;
  }

  private of(model: string): PendingPairs {
    const known = this.byModel.get(model) ?? new PendingPairs(this.config);
    this.byModel.set(model, known);
    return known;
  }

  private expire(): void {
    for (const kept of this.byModel.values()) kept.expire();
  }
}
