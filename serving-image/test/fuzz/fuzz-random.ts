import { Random } from "../../../test/support/random";

/** The random choices of a fuzzer: the same seed makes the same requests on every machine. */
export class FuzzRandom {
  private readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  /** A random integer from 0 up to, but not including, a limit. */
  below(limit: number): number {
    return Math.floor(this.random.next() * limit);
  }

  chance(probability: number): boolean {
    return this.random.chance(probability);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("There is nothing to pick from.");
    return item;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** Changes, removes, duplicates or truncates a few bytes. */
  damage(bytes: Buffer): Buffer {
    const damaged = [...bytes];
    for (let change = this.below(8); change >= 0; change--) {
      const at = this.below(damaged.length);
      const length = 1 + this.below(16);
      const kind = this.below(4);
      if (kind === 0) damaged[at] = this.below(256);
      else if (kind === 1) damaged.splice(at, length);
      else if (kind === 2) damaged.splice(at, 0, ...damaged.slice(at, at + length));
      else damaged.splice(at, damaged.length, ...this.bytes(length));
    }
    return Buffer.from(damaged);
  }
}
