/** A valid object, and mistakes in it. The vendored schemas and a real API server must agree on both. */
export interface SchemaCase {
  readonly good: { readonly kind: string; readonly [field: string]: unknown };
  readonly mistakes: readonly Mistake[];
}

export interface Mistake {
  readonly name: string;
  /** Path of the mistake, at which it must be reported. */
  readonly path: string;
  /** Value at the path; without it the field is removed. */
  readonly value?: unknown;
  /** An API server accepts this, although it is a mistake in a declaration. */
  readonly onlyOffline?: true;
}

/** A copy of the object with the mistake in it. */
export function withMistake(good: object, { path, value }: Mistake): object {
  const copy: object = structuredClone(good);
  const steps = path.split(/[.[\]]+/).filter((step) => step !== "");
  const last = steps.pop() ?? "";
  const parent = steps.reduce((at, step) => at[step] as Record<string, unknown>, copy as Record<string, unknown>);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

const labels = { "app.kubernetes.io/name": "digits" };
const metadata = { name: "digits", labels };

const container = {
  name: "server",
  image: "slipway/serving:1.0.0",
  env: [{ name: "SLIPWAY_MODEL_NAME", value: "digits" }],
  ports: [{ name: "http", containerPort: 8080 }],
  resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "1Gi", "nvidia.com/gpu": "1" } },
  readinessProbe: { httpGet: { path: "/ready", port: "http" }, periodSeconds: 5 },
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
};
const pod = "spec.template.spec";

export const schemaCases: readonly SchemaCase[] = [
  {
    good: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        selector: { matchLabels: labels },
        strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: "25%" } },
        template: { metadata: { labels }, spec: { containers: [container], volumes: [{ name: "tmp", emptyDir: {} }] } },
      },
    },
    mistakes: [
      { name: "a misspelled field", path: `${pod}.containers[0].imagePulPolicy`, value: "Always" },
      { name: "a field in the wrong place", path: `${pod}.runAsNonRoot`, value: true },
      { name: "no selector", path: "spec.selector" },
      { name: "no spec", path: "spec" },
      { name: "a container without a name", path: `${pod}.containers[0].name` },
      { name: "a port as a string", path: `${pod}.containers[0].ports[0].containerPort`, value: "8080" },
      { name: "a value that is not a string", path: `${pod}.containers[0].env[0].value`, value: 7 },
      {
        name: "a quantity with an unknown unit",
        path: `${pod}.containers[0].resources.limits.memory`,
        value: "1gb",
      },
      { name: "half a replica", path: "spec.replicas", value: 1.5 },
      { name: "an invalid label", path: "metadata.labels.team", value: "reading digits" },
      { name: "a name with an underscore", path: "metadata.name", value: "digits_1" },
      ...["1024Mi", "1000m", "0.5", "1e3", "01"].map((value) => ({
        name: `the quantity ${value}, which the server writes otherwise`,
        path: `${pod}.containers[0].resources.limits.memory`,
        value,
        onlyOffline: true as const,
      })),
      { name: "null", path: "spec.replicas", value: null, onlyOffline: true },
      { name: "a status", path: "status", value: {}, onlyOffline: true },
      {
        name: "a duplicate variable",
        path: `${pod}.containers[0].env`,
        value: twice(container.env),
        onlyOffline: true,
      },
    ],
  },
  {
    good: {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: labels, ports: [{ name: "http", port: 80, targetPort: "http" }] },
    },
    mistakes: [
      { name: "a name that is not a valid host name", path: "metadata.name", value: "1-digits" },
      { name: "the selector of a Deployment", path: "spec.selector", value: { matchLabels: labels } },
      { name: "a duplicate port", path: "spec.ports", value: twice([{ port: 80 }]) },
    ],
  },
  {
    good: { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "server.json": "{}" } },
    mistakes: [
      { name: "data that is not a string", path: "data", value: { "server.json": {} } },
      { name: "a spec", path: "spec", value: {} },
    ],
  },
  {
    good: { apiVersion: "v1", kind: "ServiceAccount", metadata, automountServiceAccountToken: false },
    mistakes: [{ name: "a misspelled field", path: "automountToken", value: false }],
  },
  {
    good: {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "digits" },
        minReplicas: 2,
        maxReplicas: 20,
        metrics: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
          { type: "Pods", pods: { metric: { name: "rps" }, target: { type: "AverageValue", averageValue: "50" } } },
        ],
        behavior: {
          scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: "Pods", value: 1, periodSeconds: 60 }] },
        },
      },
    },
    mistakes: [
      { name: "no target", path: "spec.scaleTargetRef" },
      { name: "no maximum", path: "spec.maxReplicas" },
      { name: "the field of autoscaling/v1", path: "spec.targetCPUUtilizationPercentage", value: 70 },
      { name: "utilization as a string", path: "spec.metrics[0].resource.target.averageUtilization", value: "70" },
    ],
  },
  {
    good: {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    },
    mistakes: [{ name: "a share of a pod", path: "spec.maxUnavailable", value: 0.5 }],
  },
  {
    good: {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata,
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ["Ingress"],
        ingress: [
          { from: [{ namespaceSelector: { matchLabels: labels } }], ports: [{ port: "http", protocol: "TCP" }] },
        ],
      },
    },
    mistakes: [{ name: "an unknown peer", path: "spec.ingress[0].from[0].serviceSelector", value: {} }],
  },
  {
    good: {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata,
      spec: {
        hosts: ["digits.example.com"],
        gateways: ["ingress/public"],
        http: [
          {
            match: [{ headers: { cookie: { prefix: "tester=" } } }],
            route: [
              { destination: { host: "digits-1-0-0", port: { number: 80 } }, weight: 95 },
              { destination: { host: "digits-1-1-0", port: { number: 80 } }, weight: 5 },
            ],
            retries: { attempts: 0 },
            timeout: "2s",
          },
        ],
      },
    },
    mistakes: [
      { name: "a weight as a string", path: "spec.http[0].route[1].weight", value: "5" },
      { name: "a fractional weight", path: "spec.http[0].route[1].weight", value: 33.3 },
      { name: "a misspelled field", path: "spec.http[0].route[1].wieght", value: 5 },
      { name: "a route without a destination", path: "spec.http[0].route[0].destination" },
      {
        name: "two kinds of match at once",
        path: "spec.http[0].match[0].headers.cookie",
        value: { exact: "a", prefix: "a" },
      },
    ],
  },
  {
    good: {
      apiVersion: "networking.istio.io/v1",
      kind: "DestinationRule",
      metadata,
      spec: {
        host: "digits-1-0-0",
        trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5, interval: "10s", maxEjectionPercent: 50 } },
      },
    },
    mistakes: [
      { name: "no host", path: "spec.host" },
      { name: "a count as a string", path: "spec.trafficPolicy.outlierDetection.consecutive5xxErrors", value: "5" },
      { name: "an unknown load balancer", path: "spec.trafficPolicy.loadBalancer", value: { simple: "FASTEST" } },
    ],
  },
  {
    good: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata,
      spec: { selector: { matchLabels: labels }, endpoints: [{ port: "http", path: "/metrics", interval: "15s" }] },
    },
    mistakes: [
      { name: "no endpoints", path: "spec.endpoints" },
      { name: "an interval without a unit", path: "spec.endpoints[0].interval", value: "15" },
      { name: "a misspelled field", path: "spec.endpoints[0].scrapeInterval", value: "15s" },
    ],
  },
  {
    good: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata,
      spec: {
        groups: [
          {
            name: "digits",
            rules: [
              { record: "digits:requests:rate1m", expr: "rate(requests_total[1m])" },
              { alert: "DigitsDown", expr: "up == 0", for: "5m", labels: { severity: "page" } },
            ],
          },
        ],
      },
    },
    mistakes: [
      { name: "a rule without an expression", path: "spec.groups[0].rules[0].expr" },
      { name: "a duration with a space", path: "spec.groups[0].rules[1].for", value: "5 m" },
      { name: "a misspelled field", path: "spec.groups[0].rules[1].severity", value: "page" },
      { name: "two groups with the same name", path: "spec.groups", value: twice([{ name: "digits", rules: [] }]) },
    ],
  },
];

function twice<T>(list: readonly T[]): T[] {
  return [...list, ...list];
}
