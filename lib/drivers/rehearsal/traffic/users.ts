/** Header in which a request names its user. */
export const USER_HEADER = "x-rehearsal-user";

/** The simulated users, and whether each stayed on one version while the split was the same. */
export class Users {
  /** Users who were served by more than one version under one split. */
  readonly moved = new Set<string>();
  private readonly known = new Set<string>();
  private assigned = new Map<string, string>();
  private splitChangedAt = 0;

  get count(): number {
    return this.known.size;
  }

  /** A new split may assign another version to some users. */
  onSplitChange(): void {
    this.assigned = new Map();
    this.splitChangedAt = performance.now();
  }

  /** Records the version that answered a request of a user. */
  recordAnswer(user: string, version: string, sentAt: number): void {
    this.known.add(user);
    // A request that was in flight while the split changed says nothing about the new one.
    if (sentAt < this.splitChangedAt) return;
    const assigned = this.assigned.get(user);
    if (assigned === undefined) this.assigned.set(user, version);
    else if (assigned !== version) this.moved.add(user);
  }
}
