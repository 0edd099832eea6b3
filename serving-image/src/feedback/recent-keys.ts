/** Remembers a limited number of recent keys. */
export class RecentKeys {
  private readonly keys = new Set<string>();

  constructor(private readonly limit: number) {}

  has(key: string): boolean {
    return this.keys.has(key);
  }

  add(key: string): void {
    this.keys.add(key);
    if (this.keys.size <= this.limit) return;
    // A Set iterates in insertion order.
    for (const oldest of this.keys) {
      this.keys.delete(oldest);
      return;
    }
  }
}
