import { found, withCanary, withIstio, withWeights, type Mistake } from "../support/findings";
import { canaryProps } from "../support/plans";

const long = "a".repeat(70);

describe("weights", () => {
  test.each<Mistake>([
    ["0", withWeights(0, 50), "SLW008 traffic.weights[0]: 0 is out of range."],
    ["-5", withWeights(-5, 50), "SLW008 traffic.weights[0]: -5 is out of range."],
    ["101", withWeights(5, 101), "SLW008 traffic.weights[1]: 101 is out of range."],
    ["33.3", withWeights(5, 33.3), "SLW008 traffic.weights[1]: 33.3 is not a whole number."],
    ["NaN", withWeights(NaN), "SLW008 traffic.weights[0]: NaN is not a finite number."],
    ["Infinity", withWeights(Infinity), "SLW008 traffic.weights[0]: Infinity is not a finite number."],
    ["a string", withWeights("5"), 'SLW002 traffic.weights[0]: "5" is a string, not a number.'],
    ["null", withWeights(5, null), "SLW002 traffic.weights[1]: null is not a number."],
    ["a hole", { traffic: { weights: Array(1) } }, "SLW002 traffic.weights[0]: undefined is not a number."],
    ["not a list", { traffic: { weights: 5 } }, "SLW002 traffic.weights: 5 is not a list."],
    ["none", withWeights(), "SLW103 traffic.weights[0]: there is no weight."],
    ["falling", withWeights(5, 25, 10), "SLW102 traffic.weights: the weights 5, 25, 10 do not rise at 10."],
    ["the same twice", withWeights(5, 5), "SLW102 traffic.weights: the weights 5, 5 do not rise at 5."],
    [
      "the last under the first",
      { traffic: { initialWeight: 20, maxWeight: 10 } },
      "SLW102 traffic.maxWeight: the weights 20, 10 do not rise at 10.",
    ],
    [
      "100 at once",
      withWeights(100),
      "SLW103 traffic.weights[0]: 100% of the requests at once would go to an unproven version.",
    ],
    [
      "26 at once, by steps",
      { traffic: { initialWeight: 26 } },
      "SLW103 traffic.initialWeight: 26% of the requests at once would go to an unproven version.",
    ],
    [
      "weights declared in two ways",
      { traffic: { weights: [25, 100], increment: 5 } },
      "SLW005 traffic.weights: the weights are listed one by one, and initialWeight, increment or maxWeight is set as well.",
    ],
  ])("%s", (_what, change, ...expected) => {
    expect(found(change)).toEqual(expected);
  });
});

describe("versions", () => {
  test.each<Mistake>([
    ["latest", withCanary({ version: "latest" }), 'SLW009 canary.version: "latest" is not a valid semantic version.'],
    ["with a v", withCanary({ version: "v2.3.0" }), 'SLW009 canary.version: "v2.3.0" is not a valid semantic version.'],
    [
      "with a space",
      withCanary({ version: "2.3.0 " }),
      'SLW009 canary.version: "2.3.0 " is not a valid semantic version.',
    ],
    ["a number", withCanary({ version: 2.3 }), "SLW009 canary.version: 2.3 is not a valid semantic version."],
    [
      "70 characters",
      withCanary({ version: `2.3.0-${long.slice(6)}` }),
      `SLW009 canary.version: "2.3.0-${long.slice(6)}" is not a valid semantic version.`,
    ],
    [
      "the same on both tracks",
      withCanary({ version: "2.2.0" }),
      "SLW101 canary.version: 2.2.0 is already the stable version.",
    ],
    [
      "an invalid digest",
      withCanary({ sha256: "41aa" }),
      'SLW011 canary.sha256: "41aa" is not a valid SHA-256 digest.',
    ],
    [
      "a file that the server cannot read",
      withCanary({ uri: "azure://models/a.onnx" }),
      'SLW013 canary.uri: "azure://models/a.onnx" is not a model URI that the serving image can read.',
    ],
    [
      "a request size that no server accepts",
      { serving: { maxRequestSize: "1Gi" } },
      'SLW007 serving.maxRequestSize: "1Gi" is too large.',
    ],
    [
      "a predict path that the server uses itself",
      { serving: { predictPath: "/v2/predict" } },
      'SLW017 serving.predictPath: "/v2/predict" is not a valid predict path.',
    ],
  ])("%s", (_what, change, ...expected) => {
    expect(found(change)).toEqual(expected);
  });
});

describe("names, hosts and labels", () => {
  test.each<Mistake>([
    [
      "a namespace of 70 characters",
      { namespace: long },
      `SLW010 namespace: "${long}" is not a valid Kubernetes name.`,
    ],
    [
      "a label of 70 characters",
      { labels: { team: long } },
      `SLW014 labels.team: "${long}" is not a valid label value.`,
    ],
    [
      "a label's name of 70 characters",
      { labels: { [long]: "a" } },
      `SLW014 labels.${long}: "${long}" is not a valid label key.`,
    ],
    [
      "a label that selects pods",
      { labels: { "app.kubernetes.io/name": "a" } },
      'SLW021 labels["app.kubernetes.io/name"]: this label is set from the other props.',
    ],
    [
      "a URL for a host",
      withIstio({ hosts: ["https://a.example.com"] }),
      'SLW015 routing.istio.hosts[0]: "https://a.example.com" is not a valid host name.',
    ],
    [
      "a gateway with two slashes",
      withIstio({ gateways: ["a/b/c"] }),
      'SLW010 routing.istio.gateways[0]: "a/b/c" is not a valid gateway name.',
    ],
    [
      "no host",
      withIstio({ hosts: [] }),
      "SLW209 routing.istio.hosts: it is empty, so no traffic would reach the rollout.",
    ],
    [
      "no gateway",
      withIstio({ gateways: [] }),
      "SLW209 routing.istio.gateways: it is empty, so no traffic would reach the rollout.",
    ],
    ["no router", { routing: {} }, "SLW005 routing: it names no router."],
    [
      "an invalid variable",
      { serving: { env: { "AWS-REGION": "a" } } },
      'SLW010 serving.env["AWS-REGION"]: "AWS-REGION" is not a valid name for an environment variable.',
    ],
    [
      "a variable of the contract",
      { serving: { env: { SLIPWAY_HTTP_PORT: "80" } } },
      "SLW021 serving.env.SLIPWAY_HTTP_PORT: this variable is set from the other props, or by the image.",
    ],
  ])("%s", (_what, change, ...expected) => {
    expect(found(change)).toEqual(expected);
  });
});

describe("resources", () => {
  test.each<Mistake>([
    ["memory in MB", { serving: { memory: "512MB" } }, 'SLW007 serving.memory: "512MB" is not a valid quantity.'],
    ["no CPU", { serving: { cpu: "0" } }, 'SLW007 serving.cpu: "0" is not a valid quantity.'],
    [
      "a limit under the request",
      { serving: { cpu: "1", cpuLimit: "500m" } },
      'SLW111 serving.cpuLimit: "500m" is less than the CPU request of each replica, "1".',
    ],
    [
      "a minimum above the maximum",
      { autoscaling: { minReplicas: 30 } },
      "SLW107 autoscaling.minReplicas: 30 is more than maxReplicas, 20.",
    ],
    ["no replicas", { autoscaling: { minReplicas: 0 } }, "SLW012 autoscaling.minReplicas: 0 is out of range."],
  ])("%s", (_what, change, ...expected) => {
    expect(found(change)).toEqual(expected);
  });
});

describe("the form of the props", () => {
  test.each<Mistake>([
    ["a misspelled prop", { trafic: {} }, 'SLW001 trafic: unknown prop "trafic".'],
    ["a misspelled prop inside", { traffic: { intreval: "30m" } }, 'SLW001 traffic.intreval: unknown prop "intreval".'],
    [
      "a misspelled prop that is required is one finding",
      { canary: undefined, canry: canaryProps.canary },
      'SLW001 canry: unknown prop "canry".',
    ],
    ["a missing prop", { stable: undefined }, "SLW003 stable: it is missing."],
    ["null for an object", { stable: null }, "SLW003 stable: it is missing."],
    ["a list for an object", { traffic: [5, 10] }, "SLW002 traffic: [5,10] is not an object."],
    ["an unknown environment", { environment: "prod" }, 'SLW004 environment: "prod" is not allowed.'],
    ["yes for true", { monitoring: { enabled: "yes" } }, 'SLW002 monitoring.enabled: "yes" is not true or false.'],
  ])("%s", (_what, change, ...expected) => {
    expect(found(change)).toEqual(expected);
  });
});
