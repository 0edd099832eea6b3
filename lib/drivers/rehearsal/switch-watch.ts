import { setTimeout as sleep } from "node:timers/promises";
import type { CallLedger } from "./call-ledger";
import type { GatewayCounts } from "./gateway-counts";
import type { SwitchReport } from "./report/report";

/** How long the traffic is watched after a switch. */
const WATCH_MS = 1000;
const POLL_MS = 2;

/** How things stood when the weights changed. */
export interface SwitchStart {
  readonly appliedAt: number;
  readonly appliedMs: number;
  readonly inFlight: number;
  readonly routed: number;
  readonly lost: number;
}

/** Changes the weights, and notes how things stood then. `since` is when the look began that decided it. */
export function beginSwitch(since: number, canary: GatewayCounts, ledger: CallLedger, apply: () => void): SwitchStart {
  apply();
  const appliedAt = performance.now();
  const { inFlight, routed } = canary;
  return { appliedAt, appliedMs: appliedAt - since, inFlight, routed, lost: ledger.lost };
}

/** Watches, under load, the traffic leave the canary. */
export async function watchSwitch(
  start: SwitchStart,
  canary: GatewayCounts,
  ledger: CallLedger,
  signal: AbortSignal,
): Promise<SwitchReport> {
  const elapsed = () => performance.now() - start.appliedAt;
  while (canary.inFlight > 0 && elapsed() < WATCH_MS) await sleep(POLL_MS, undefined, { signal });
  const drainedMs = start.inFlight === 0 ? 0 : elapsed();
  await sleep(Math.max(0, WATCH_MS - elapsed()), undefined, { signal });
  return {
    appliedMs: start.appliedMs,
    drainedMs,
    inFlight: start.inFlight,
    strays: canary.routed - start.routed,
    lost: ledger.lost - start.lost,
  };
}
