import { planCanaryRollout, type CanaryRolloutProps, type Finding } from "../../lib";
import { canaryProps, SHA } from "./plans";

/** Props that replace valid ones, of any shape. */
export type Change = Readonly<Record<string, unknown>>;

export const evidence = {
  sha256: SHA.canary,
  version: "2.3.0",
  checks: ["validated", "endpoint_tested", "rollback_tested"].map((kind) => ({
    kind,
    passed: true,
    at: "2026-01-31T12:00:00Z",
  })),
};

/** Valid in production too. */
export const production: Change = {
  ...canaryProps,
  environment: "production",
  canary: { ...canaryProps.canary, evidence },
  serving: { image: `registry.example.com/slipway-serving@sha256:${"c".repeat(64)}` },
};

export const withEvidence = (change: Change): Change => ({
  ...production,
  canary: { ...canaryProps.canary, evidence: { ...evidence, ...change } },
});

export const withWeights = (...weights: unknown[]): Change => ({ traffic: { weights } });
export const withCanary = (change: Change): Change => ({ canary: { ...canaryProps.canary, ...change } });
export const withIstio = (change: Change): Change => ({
  routing: { istio: { ...canaryProps.routing.istio, ...change } },
});

/** The findings of a changed canary, as code, path and message; a plan with errors is empty. */
export function found(change: Change, name = "recommender"): string[] {
  const plan = planCanaryRollout(name, { ...canaryProps, ...change } as CanaryRolloutProps);
  expect(plan.objects).toEqual({});
  expect(plan.policy).toBeUndefined();
  expect(plan.timetable).toBeUndefined();
  return plan.findings.map(described);
}

function described(finding: Finding): string {
  const sentence = expect.stringMatching(/\.$/);
  expect(finding).toMatchObject({ severity: "error", message: sentence, fix: sentence });
  return `${finding.code} ${finding.path}: ${finding.message}`;
}

/** What is wrong, the change that makes it so, and the expected findings. */
export type Mistake = [what: string, change: Change, ...found: string[]];
