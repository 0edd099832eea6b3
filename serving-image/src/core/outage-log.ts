import type { Log } from "./log";

/** More causes of one outage are not logged: they say little, and may differ in every message. */
const MAX_REASONS = 3;

/** Logs that something fails when it begins to, and for each new reason, and that it works again. */
export class OutageLog {
  private readonly reasons = new Set<string>();

  /**
   * @param failing the message while it fails
   * @param working the message when it works again
   */
  constructor(
    private readonly log: Log,
    private readonly fields: object,
    private readonly failing: string,
    private readonly working: string,
  ) {}

  failed(reason: string): void {
    if (this.reasons.has(reason) || this.reasons.size === MAX_REASONS) return;
    this.reasons.add(reason);
    this.log.warn({ ...this.fields, reason }, this.failing);
  }

  succeeded(): void {
    if (this.reasons.size === 0) return;
    this.reasons.clear();
    this.log.info(this.fields, this.working);
  }
}
