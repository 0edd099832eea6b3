import { contract } from "../core/contract";
import type { Seen, Witness } from "../observability/instrument";
import { bytesOf, type Half, halfOf } from "./half";
import { KeptHalves } from "./kept-halves";
import type { ComparisonConfig } from "./settings";

/** An answer to those who compare is no larger than about this; what is left is given when they ask again. */
const MAX_ANSWER_BYTES = 4 * 2 ** 20;
const EXPIRE_EVERY_MS = 1000;

/** Keeps the latest predictions for as long as somebody asks for them, and hands them out by request id. */
export class Keeper implements Witness {
  private readonly byModel = new Map<string, KeptHalves>();
  private wantedUntil = 0;

  constructor(private readonly config: ComparisonConfig) {
    setInterval(() => this.expire(), EXPIRE_EVERY_MS).unref();
  }

  /** Predictions that are kept now. */
  get size(): number {
    return [...this.byModel.values()].reduce((sum, kept) => sum + kept.size, 0);
  }

  saw(request: Seen): void {
    if (performance.now() > this.wantedUntil) return;
    const id = request.header(contract.headers.requestId);
    if (id === undefined) return;
    setImmediate(() => this.of(request.model).add(halfOf(id, request, this.config.maxPredictionBytes)));
  }

  /** What is known of these requests; from now on, for a while, more is kept. */
  ask(model: string, ids: readonly string[]): Half[] {
    this.wantedUntil = performance.now() + this.config.ttlSeconds * 1000;
    const kept = this.of(model);
    const found: Half[] = [];
    let bytes = 0;
    for (const id of ids) {
      const half = kept.get(id);
      if (!half) continue;
      found.push(half);
      bytes += bytesOf(half);
      if (bytes > MAX_ANSWER_BYTES) break;
    }
    return found;
  }

  private of(model: string): KeptHalves {
    const known = this.byModel.get(model) ?? new KeptHalves(this.config);
    this.byModel.set(model, known);
    return known;
  }

  private expire(): void {
    for (const kept of this.byModel.values()) kept.expire();
  }
}
