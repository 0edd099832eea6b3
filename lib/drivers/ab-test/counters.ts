/** What one process has counted since the beginning of a period, at each of its steps. */
export interface Counter {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

/** A counter as it was read at a step; steps at which it was not there are left out. */
export interface Reading {
  readonly step: number;
  readonly value: number;
}

/**
 * What a counter gained since step 0, at each step up to the last. A process that began later began at nothing, one that
 * ended keeps what it had, and one that fell has restarted: `increase()` would guess between the samples instead.
 */
export function countersSince(readings: readonly Reading[], last: number): readonly number[] {
  const gained = new Array<number>(last + 1).fill(0);
  let before = 0;
  let total = 0;
  let next = 0;
  for (let step = 0; step <= last; step++) {
    const reading = readings[next];
    if (reading?.step === step) {
      const { value } = reading;
      if (step > 0) total += value < before ? value : value - before;
      before = value;
      next++;
    }
    gained[step] = total;
  }
  return gained;
}
