import { shortHash } from "./hash";

/** Returns numbers from 0 up to 1, the same sequence for the same seed. */
export type Random = () => number;

/**
 * A stream of random numbers (mulberry32). Each kind of choice has a stream of its own, so that one more draw of one kind
 * does not change the others.
 */
export function randomStream(seed: number, purpose: string): Random {
  let state = (seed ^ Number.parseInt(shortHash(purpose, 8), 16)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
