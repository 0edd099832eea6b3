import { setTimeout as sleep } from "node:timers/promises";
import type { SwitchReport } from "../report/report";
import type { CallLedger } from "../traffic/call-ledger";
import type { GatewayCounts } from "./gateway-counts";

/** How long the traffic is observed after a switch. */
const OBSERVE_MS = 1000;
const POLL_MS = 2;

/** The counts at the moment when the split changed. */
export interface StartedSwitch {
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

/** How the split changes, and what is measured. */
interface SwitchOptions {
  readonly at: number;
  /** When the evaluation began that decided the switch, on the clock of `performance`. */
  readonly since: number;
  readonly left: readonly GatewayCounts[];
  readonly ledger: CallLedger;
  readonly apply: () => void;
}

/** Changes the split, and records the counts at that moment. */
export function beginSwitch({ at, since, left, ledger, apply }: SwitchOptions): StartedSwitch {
  apply();
  const appliedAt = performance.now();
  const [inFlight, routed] = [sum(left, "inFlight"), sum(left, "routed")];
  return { at, appliedAt, appliedMs: appliedAt - since, left, inFlight, routed, lost: ledger.lost };
}

/** Observes, under load, how the tracks that lost their traffic drain. */
export async function observeSwitch(
  start: StartedSwitch,
  ledger: CallLedger,
  signal: AbortSignal,
): Promise<SwitchReport> {
  const elapsed = () => performance.now() - start.appliedAt;
  while (sum(start.left, "inFlight") > 0 && elapsed() < OBSERVE_MS) await sleep(POLL_MS, undefined, { signal });
  const drainedMs = start.inFlight === 0 ? 0 : elapsed();
  await sleep(Math.max(0, OBSERVE_MS - elapsed()), undefined, { signal });
  return {
    at: start.at,
    appliedMs: start.appliedMs,
    drainedMs,
    inFlight: start.inFlight,
    strays: sum(start.left, "routed") - start.routed,
    lost: ledger.lost - start.lost,
  };
}

function sum(counts: readonly GatewayCounts[], field: "inFlight" | "routed"): number {
  return counts.reduce((total, each) => total + each[field], 0);
}
