import type { Finding, FindingCode } from "../lib";
import { findRollout } from "../lib/constructs/registry";
import { checkMetrics } from "../lib/constructs/common/metrics-guardrails";
import { Diagnostics } from "../lib/core/findings/diagnostics";
import { checkGatewayMetrics, checkRouterCapabilities, ROUTERS } from "../lib/routing/registry";
import { checkRuntimeCapabilities, RUNTIMES } from "../lib/runtimes/registry";

const sha256 = (digit: string) => digit.repeat(64);
const evidence = {
  sha256: sha256("4"),
  version: "2.3.0",
  checks: ["validated", "endpoint_tested", "rollback_tested"].map((kind) => ({
    kind,
    passed: true,
    at: "2026-01-31T12:00:00Z",
  })),
};
const stable = { version: "2.2.0", uri: "s3://models/recommender/2.2.0/model.onnx", sha256: sha256("9") };
const canary = { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx", sha256: sha256("4") };
const objectives = { latencyP95: "100ms", errorRate: 0.001 };
const istio = { hosts: ["recommender.example.com"], gateways: ["istio-ingress/public"] };
type Change = Readonly<Record<string, unknown>>;
type Changes = Readonly<Partial<Record<FindingCode, Change>>>;

const common = { objectives, routing: { istio } };

/** For each code, what to change in valid props of a canary so that it is raised. */
const OF_CANARY: Changes = {
  SLW001: { trafic: { interval: "30m" } },
  SLW002: { autoscaling: { minReplicas: "2" } },
  SLW003: { canary: { version: "2.3.0" } },
  SLW004: { environment: "prod" },
  SLW005: { routing: {} },
  SLW006: { traffic: { interval: "30" } },
  SLW007: { serving: { memory: "512MB" } },
  SLW008: { traffic: { initialWeight: 33.3 } },
  SLW009: { canary: { ...canary, version: "latest" } },
  SLW010: { namespace: "Models" },
  SLW011: { canary: { ...canary, sha256: "41aa" } },
  SLW012: { objectives: { errorRate: 0 } },
  SLW013: { canary: { ...canary, uri: "./model.onnx" } },
  SLW014: { labels: { team: "search & ranking" } },
  SLW015: { routing: { istio: { ...istio, hosts: ["https://recommender.example.com"] } } },
  SLW016: {
    canary: { ...canary, evidence: { ...evidence, checks: [{ kind: "validated", passed: true, at: "yesterday" }] } },
  },
  SLW017: { serving: { predictPath: "/v2/predict" } },
  SLW020: { overrides: { deploymnt: { spec: { minReadySeconds: 10 } } } },
  SLW021: { overrides: { deployment: { spec: { replicas: 4 } } } },
  SLW101: { canary: { ...canary, version: "2.2.0" } },
  SLW102: { traffic: { weights: [5, 25, 10, 100] } },
  SLW103: { traffic: { weights: [100] } },
  SLW104: { traffic: { weights: [5, 50, 100], stage: { canary: "2.3.0", number: 5 } } },
  SLW105: { traffic: { stage: { canary: "2.2.0", number: 3 } } },
  SLW106: { traffic: { interval: "30s" } },
  SLW107: { autoscaling: { minReplicas: 30 } },
  SLW108: { objectives: { errorRate: 0.1 } },
  SLW109: { analysis: { metrics: [{ name: "accuracy" }, { name: "accuracy" }] } },
  SLW110: { analysis: { metrics: [{ name: "stars", lowerBound: 5, upperBound: 1 }] } },
  SLW111: { serving: { cpu: "2", cpuLimit: "1" } },
  SLW112: { traffic: { weights: [5, 10] } },
  SLW113: { traffic: { holdback: 0 } },
  SLW114: { analysis: { warmUp: "20m" } },
  SLW115: { analysis: { expectedRequestsPerSecond: 1 } },
  SLW116: { analysis: { metrics: [{ name: "accuracy", maturity: "2h" }] } },
  SLW201: { objectives: {} },
  SLW202: { objectives: undefined },
  SLW203: { monitoring: { enabled: false } },
  SLW204: { environment: "production" },
  SLW205: { canary: { ...canary, evidence: { ...evidence, sha256: sha256("7") } } },
  SLW206: { environment: "production", canary: { version: "2.3.0", uri: canary.uri } },
  SLW207: { environment: "production" },
  SLW208: { environment: "production", autoscaling: { minReplicas: 1 } },
  SLW209: { routing: { istio: { ...istio, hosts: [] } } },
  SLW211: { controller: { enabled: true } },
  SLW210: { canary: { ...canary, evidence: { ...evidence, checks: [{ ...evidence.checks[0], passed: false }] } } },
};

/** The same for a blue-green pair. */
const OF_PAIR: Changes = {
  SLW018: { smokeTest: { healthPath: "ready" } },
  SLW301: { preparedReplicas: 30 },
  SLW302: { standbyReplicas: 21 },
  SLW304: { standbyMirror: 0 },
  SLW303: { preview: { hosts: istio.hosts } },
};

/** The same for an A/B test of two variants. */
const OF_TEST: Changes = {
  SLW311: { variants: [stable] },
  SLW312: { variants: [stable, stable] },
  SLW313: { analysis: { metrics: [{ name: "clicked" }] } },
  SLW314: {},
  SLW315: { expected: { valuesPerHour: 1000, mean: 0.03 }, duration: "3d" },
};

/** The same for a shadow. */
const OF_SHADOW: Changes = { SLW321: { shadow: stable }, SLW322: { percent: 0 } };

/** The same for a bandit of two arms. */
const OF_BANDIT: Changes = {
  SLW331: { arms: [stable] },
  SLW332: { arms: [stable, canary, stable] },
  SLW333: { traffic: { floor: 50 } },
  SLW334: { traffic: { split: { "2.2.0": 50, "2.4.0": 50 } } },
  SLW335: { traffic: { split: { "2.2.0": 50, "2.3.0": 40 } } },
  SLW336: { traffic: { warmUp: { split: { "2.2.0": 98, "2.3.0": 2 } } } },
  SLW337: { traffic: { epsilon: 0.2 } },
  SLW338: { traffic: { updateEvery: "1h", halfLife: "10m" } },
  SLW339: { traffic: { duration: "10m" } },
};

/** Where to find each code: valid props of a construct, and the change that raises it. */
const SOURCES: readonly { readonly construct: string; readonly valid: Change; readonly changes: Changes }[] = [
  { construct: "CanaryRollout", valid: { ...common, stable, canary }, changes: OF_CANARY },
  { construct: "BlueGreenPair", valid: { ...common, blue: stable, green: canary, live: "blue" }, changes: OF_PAIR },
  {
    construct: "AbTest",
    valid: {
      ...common,
      variants: [stable, canary],
      metric: { name: "clicked" },
      unit: { cookie: {} },
      duration: "14d",
    },
    changes: OF_TEST,
  },
  { construct: "ShadowDeployment", valid: { ...common, live: stable, shadow: canary }, changes: OF_SHADOW },
  {
    construct: "BanditRollout",
    valid: { ...common, arms: [stable, canary], reward: { metric: "clicked" } },
    changes: OF_BANDIT,
  },
];

/** Findings for a router and a runtime without any capability, because the existing ones have all. */
function findingsOfBareServers(): readonly Finding[] {
  const diagnostics = new Diagnostics();
  const router = { ...ROUTERS.istio, title: "this router", capabilities: [] };
  checkRouterCapabilities({ router }, [{ capability: "mirror", path: "routing" }], diagnostics);
  const { metrics, ...uncounted } = router;
  if (metrics !== undefined) checkGatewayMetrics({ router: uncounted, path: "routing.istio" }, diagnostics);
  const runtime = { ...RUNTIMES.onnx, title: "this runtime", metrics: { labels: RUNTIMES.onnx.metrics.labels } };
  checkRuntimeCapabilities({ runtime }, [{ capability: "feedback", path: "runtime" }], diagnostics);
  const measured = {
    objectives: { latencyP95: 0.1 },
    autoscaling: { requestsPerSecond: undefined },
    monitoring: { enabled: true },
  };
  checkMetrics(measured, runtime, undefined, diagnostics);
  return diagnostics.findings;
}

/** A finding with this code, as a user sees it. */
export function exampleFinding(code: FindingCode): Finding {
  for (const { construct, valid, changes } of SOURCES) {
    const change = changes[code];
    if (change === undefined) continue;
    // Includes mistakes that the compiler would report, as they occur in plain JavaScript or JSON.
    const plan = findRollout(construct)?.plan("recommender", { ...valid, ...change } as never);
    const found = plan?.findings.find((finding) => finding.code === code);
    if (found !== undefined) return found;
  }
  const found = findingsOfBareServers().find((finding) => finding.code === code);
  if (found !== undefined) return found;
  throw new Error(`tools/error-examples.ts has no example that raises ${code}`);
}
