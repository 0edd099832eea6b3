import { logLimits, ruleOf } from "../gates/judge";
import type { GateRule } from "../gates/rule";
import type { MonitorRules } from "./gate-monitor";

/** A gate with what follows from its declaration. */
export interface PreparedGate {
  readonly id: string;
  readonly rule: GateRule;
  readonly logLimit: number;
}

/** Rules do not change, so each is prepared once and not at every evaluation. */
const PREPARED = new WeakMap<MonitorRules, readonly PreparedGate[]>();

export function preparedGates(rules: MonitorRules): readonly PreparedGate[] {
  const known = PREPARED.get(rules);
  if (known !== undefined) return known;
  const limits = logLimits(rules.gates, rules.falseAlarmRate);
  const gates = rules.gates.map((gate, i) => ({
    id: gate.id,
    rule: ruleOf(gate, rules.minimumSamples),
    logLimit: limits[i] ?? Infinity,
  }));
  PREPARED.set(rules, gates);
  return gates;
}
