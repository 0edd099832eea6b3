/** A value for the candidate, and one for the baseline that it is compared with. */
export interface Pair<T> {
  readonly candidate: T;
  readonly baseline: T;
}
