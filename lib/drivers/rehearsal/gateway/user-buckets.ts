import { BUCKET_SOURCE_HEADER, NEW_USER_HEADER } from "../../../core/contract";
import type { Weights } from "../../../strategies/decision";
import { bucketOf } from "../../../strategies/ab-test/buckets";

/** Header that carries the bucket of a known user. */
const BUCKET_HEADER = "x-slipway-bucket";

/** Tells the servers the bucket of each user, and which users are new, by the headers that a gateway adds. */
export class UserBuckets {
  private known = new Set<string>();
  private isActive = false;

  /** @param salt what users are hashed with */
  constructor(private readonly salt: string) {}

  /** Another split assigns users anew. A split that sends all of them to one track assigns none. */
  onSplitChange(weights: Weights): void {
    this.known = new Set();
    this.isActive = Object.values(weights).filter((weight) => weight > 0).length > 1;
  }

  /** The headers of a user's next request. */
  headersOf(user: string): Readonly<Record<string, string>> {
    if (!this.isActive) return {};
    const bucket = String(bucketOf(user, this.salt));
    if (this.known.has(user)) return { [BUCKET_HEADER]: bucket, [BUCKET_SOURCE_HEADER]: `header=${BUCKET_HEADER}` };
    this.known.add(user);
    return { [NEW_USER_HEADER]: bucket };
  }
}
