import { formatPercent } from "../../core/format";

interface Claim {
  /** The wrong verdict, as a clause: "an equally good version is rolled back". */
  readonly wrongVerdict: string;
  readonly falseAlarmRate: number;
  /** Whether the baseline has traffic, or copies of it, until the end. */
  readonly hasBaseline: boolean;
}

/** What a plan claims about wrong verdicts, and what the claim does not cover; docs/verdicts.md has the figures. */
export function describeClaim({ wrongVerdict, falseAlarmRate, hasBaseline }: Claim): string {
  const claim = `Every gate is evaluated after every request, against the baseline of the same time. Over the whole rollout, ${wrongVerdict} with a probability of at most ${formatPercent(falseAlarmRate)}, including during outages, bursts and drift that affect both versions. An incident of its own replicas counts against it.`;
  return hasBaseline
    ? claim
    : `${claim} While the baseline has no traffic there is nothing to compare with: then an outage counts against it too.`;
}
