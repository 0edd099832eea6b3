/** Four standard deviations of the number of successes in independent trials. */
export function fourSigma(choices: number, share: number): number {
  return 4 * Math.sqrt(choices * share * (1 - share));
}
