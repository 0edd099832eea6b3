/** Four standard deviations of how many of so many independent choices fall out one way. */
export function fourSigma(choices: number, share: number): number {
  return 4 * Math.sqrt(choices * share * (1 - share));
}
