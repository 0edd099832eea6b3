/** Header in which a request names the user that makes it. */
export const USER_HEADER = "x-rehearsal-user";

/** Simulated users, and whether each was held to one version while the split was the same. */
export class Users {
  /** Users that met more than one version under one split. */
  readonly moved = new Set<string>();
  private readonly seen = new Set<string>();
  private held = new Map<string, string>();
  private since = 0;

  get count(): number {
    return this.seen.size;
  }

  /** Another split holds from now on, and with it another version for some. */
  release(): void {
    this.held = new Map();
    this.since = performance.now();
  }

  /** Notes which version a user met with a request that was sent at some moment. */
  met(user: string, version: string, sentAt: number): void {
    this.seen.add(user);
    // A request on its way while the split changed says nothing of the new one.
    if (sentAt < this.since) return;
    const held = this.held.get(user);
    if (held === undefined) this.held.set(user, version);
    else if (held !== version) this.moved.add(user);
  }
}
