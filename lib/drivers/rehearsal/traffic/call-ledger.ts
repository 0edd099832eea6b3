/** What the callers of one version received. */
interface VersionCalls {
  answered: number;
  /** Seconds of each answered request, since it was due. */
  readonly seconds: number[];
  compared: number;
  mismatched: number;
  labelled: number;
  wrong: number;
}

/** The callers' view of a rehearsal: what they sent and what they received. */
export class CallLedger {
  /** Requests that failed because of an injected fault. */
  faulted = 0;
  /** Requests without an answer, or with an error of the service that no injected fault caused. */
  lost = 0;
  /** Lost requests by reason. */
  readonly losses: Record<string, number> = {};
  private readonly versions = new Map<string, VersionCalls>();

  recordLoss(reason: string): void {
    this.lost += 1;
    this.losses[reason] = (this.losses[reason] ?? 0) + 1;
  }

  of(version: string): VersionCalls {
    const known = this.versions.get(version);
    if (known) return known;
    const fresh = { answered: 0, seconds: [], compared: 0, mismatched: 0, labelled: 0, wrong: 0 };
    this.versions.set(version, fresh);
    return fresh;
  }

  get answered(): number {
    return [...this.versions.values()].reduce((sum, { answered }) => sum + answered, 0);
  }
}
