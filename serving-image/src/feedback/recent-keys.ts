/** Remembers the last so many keys. */
export class RecentKeys {
  private readonly keys = new Set<string>();

  constructor(private readonly limit: number) {}

  has(key: string): boolean {
    return this.keys.has(key);
  }

  add(key: string): void {
    this.keys.add(key);
    if (this.keys.size <= this.limit) return;
    // A set hands out its keys in the order in which they came.
    for (const oldest of this.keys) {
      this.keys.delete(oldest);
      return;
    }
  }
}
