import type { Manifest, ObjectMeta } from "../core/manifest";

/** A recording rule. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  /** Labels to add to the result. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** An alert. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** Rules that are evaluated together, in order. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (RecordingRule | AlertRule)[];
}

/** A PrometheusRule of the Prometheus Operator. */
export function prometheusRule(metadata: ObjectMeta, groups: readonly RuleGroup[]): Manifest {
  return { apiVersion: "monitoring.coreos.com/v1", kind: "PrometheusRule", metadata, spec: { groups } };
}
