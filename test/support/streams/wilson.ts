const { sqrt } = Math;

/** Wilson's 95% interval of a share. */
export function wilson(events: number, trials: number): readonly [low: number, high: number] {
  if (trials <= 0) return [0, 1];
  const z = 1.96;
  const [share, z2] = [events / trials, z * z];
  const center = share + z2 / (2 * trials);
  const half = z * sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials));
  const scale = 1 + z2 / trials;
  return [Math.max(0, (center - half) / scale), Math.min(1, (center + half) / scale)];
}
