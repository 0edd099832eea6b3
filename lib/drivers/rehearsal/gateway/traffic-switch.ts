import { setTimeout as sleep } from "node:timers/promises";
import type { CallLedger } from "../traffic/call-ledger";
import type { GatewayCounts } from "./gateway-counts";
import type { SwitchReport } from "../report/report";

/** How long the traffic is watched after a switch. */
const WATCH_MS = 1000;
const POLL_MS = 2;

/** How things stood when the split changed. */
export interface SwitchStart {
  /** On the rollout's clock, in seconds. */
  readonly at: number;
  readonly appliedAt: number;
  readonly appliedMs: number;
  /** Counts of the tracks that lost all their traffic. */
  readonly left: readonly GatewayCounts[];
  readonly inFlight: number;
  readonly routed: number;
  readonly lost: number;
}

/** What a change of the split needs to be watched. */
export interface SwitchOptions {
  readonly at: number;
  /** When the look began that decided it, on the clock of `performance`. */
  readonly since: number;
  readonly left: readonly GatewayCounts[];
  readonly ledger: CallLedger;
  readonly apply: () => void;
}

/** Changes the split, and notes how things stood then. */
export function beginSwitch({ at, since, left, ledger, apply }: SwitchOptions): SwitchStart {
  apply();
  const appliedAt = performance.now();
  const [inFlight, routed] = [sum(left, "inFlight"), sum(left, "routed")];
  return { at, appliedAt, appliedMs: appliedAt - since, left, inFlight, routed, lost: ledger.lost };
}

/** Watches, under load, the traffic leave the tracks that lost it. */
export async function watchSwitch(start: SwitchStart, ledger: CallLedger, signal: AbortSignal): Promise<SwitchReport> {
  const elapsed = () => performance.now() - start.appliedAt;
  while (sum(start.left, "inFlight") > 0 && elapsed() < WATCH_MS) await sleep(POLL_MS, undefined, { signal });
  const drainedMs = start.inFlight === 0 ? 0 : elapsed();
  await sleep(Math.max(0, WATCH_MS - elapsed()), undefined, { signal });
  return {
    at: start.at,
    appliedMs: start.appliedMs,
    drainedMs,
    inFlight: start.inFlight,
    strays: sum(start.left, "routed") - start.routed,
    lost: ledger.lost - start.lost,
  };
}

function sum(counts: readonly GatewayCounts[], what: "inFlight" | "routed"): number {
  return counts.reduce((total, each) => total + each[what], 0);
}
