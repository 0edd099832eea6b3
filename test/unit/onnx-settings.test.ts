import { planModelService, type ModelVersionProps, type OnnxRuntimeProps, type Plan } from "../../lib";
import { versions } from "../support/plans";

const planned = (model: Partial<ModelVersionProps>, onnx: OnnxRuntimeProps = {}): Plan =>
  planModelService("recommender", {
    model: { ...versions.canary, ...model },
    objectives: { latencyP95: "100ms" },
    runtime: { onnx },
  });

/** The settings file of the server. */
function settingsOf(plan: Plan): Readonly<Record<string, unknown>> {
  const config = plan.objects["2-3-0-config"]?.manifest as unknown as { data: Record<string, string> };
  return JSON.parse(config.data["server.json"] ?? "{}");
}

test("runs end after the timeout of the props", () => {
  expect(settingsOf(planned({}, { runTimeout: "1m30s" }))).toMatchObject({ workers: { runTimeoutSeconds: 90 } });
});

test("a version is warmed up as its props say: the samples are a variable, since their URI may be deferred", () => {
  const warmUp = { samples: "s3://models/recommender/requests.jsonl", shapes: { image: [1, 3, 640, 640] } };
  const plan = planned({ warmUp });
  expect(plan.findings).toEqual([]);
  expect(settingsOf(plan)["model"]).toEqual({ warmUp: { shapes: warmUp.shapes } });
  const variable = { name: "SLIPWAY_MODEL_WARM_UP_SAMPLES", value: warmUp.samples };
  expect(JSON.stringify(plan)).toContain(JSON.stringify(variable));
});

test("settings that the props leave to the server are not written, so that a new default restarts no pod", () => {
  expect(settingsOf(planned({ warmUp: {} }))).not.toHaveProperty("model");
  expect(settingsOf(planned({}))).not.toHaveProperty("workers");
});

test("shapes and the URI of samples are checked", () => {
  const { findings } = planned({ warmUp: { samples: "requests.jsonl", shapes: { image: [0] } } });
  expect(findings.map(({ code, path }) => `${code} ${path}`)).toEqual([
    "SLW013 model.warmUp.samples",
    "SLW012 model.warmUp.shapes.image[0]",
  ]);
});
