import { resolve } from "node:path";

const EXAMPLE = resolve(__dirname, "../../examples/digits-canary");

/** The changes of one quick rehearsal from the others. */
export interface QuickRehearsal {
  readonly stable?: string;
  readonly canary?: string;
  /** Members of `rehearsal`, as source text. */
  readonly rehearsal?: string;
  /** Members of the canary's props besides version and URI, as source text. */
  readonly canaryProps?: string;
}

/** Path of a model file of the example. */
export function digitsModel(version: string): string {
  return `${EXAMPLE}/models/digits/${version}/model.onnx`;
}

/**
 * A props file with the example's models, few stages, few samples and a fast clock. It has no latency objective, because
 * the speed of the machine that runs the tests says nothing about the rehearsal.
 */
export function quickProps({ stable = "1.0.0", canary = "1.1.0", rehearsal, canaryProps }: QuickRehearsal): string {
  const version = (name: string) => `version: "${name}", uri: "s3://models/digits/${name}/model.onnx"`;
  return `
    import { MetricDirection, type CanaryRolloutProps, type RehearsalProps } from "slipway";
    export const name = "digits";
    export const props: CanaryRolloutProps = {
      stable: { ${version(stable)} },
      canary: { ${version(canary)}, ${canaryProps ?? ""} },
      traffic: { weights: [20, 60, 100], interval: "2m" },
      objectives: { errorRate: 0.02 },
      analysis: {
        minimumSamples: 60,
        metrics: [{ name: "accuracy", direction: MetricDirection.HigherIsBetter, margin: 0.05, minimumSamples: 60 }],
      },
      routing: { istio: { hosts: ["digits.example.com"], gateways: ["istio-ingress/public"] } },
    };
    export const rehearsal: RehearsalProps = {
      models: {
        "${stable}": "${digitsModel(stable)}",
        "${canary}": "${digitsModel(canary)}",
      },
      samples: "${EXAMPLE}/samples.json",
      rate: 200,
      speed: 300,
      ${rehearsal ?? ""}
    };
  `;
}
