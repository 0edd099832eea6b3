import { CONTRACT } from "../../core/contract";
import type { LocalEnvironment, LocalProgram } from "../local-program";
import { metricRulesOnFasterClock } from "./metric-rules";

/** The program of the bundled image, from the package that the image is built from. */
export const onnxLocalProgram: LocalProgram = {
  package: "slipway-serving",
  entry: "dist/main.js",
  env: localVariables,
  fileOnFasterClock: (path, text, speed) =>
    path === CONTRACT.feedbackMetricsFile ? metricRulesOnFasterClock(text, speed) : text,
};

function localVariables(local: LocalEnvironment): Record<string, string> {
  const names = CONTRACT.env;
  return {
    [names.host]: local.host,
    [names.httpPort]: String(local.port),
    // Nothing calls it over gRPC on one machine: any free port will do.
    [names.grpcPort]: "0",
    [names.modelRoot]: local.localPath(CONTRACT.mounts.models),
    [names.modelUri]: local.modelUri,
    [names.modelWarmUpSamples]: local.samplesUri,
    [names.feedbackSecret]: local.feedbackSecret,
    ...(local.liveUrl !== undefined && { [names.comparisonLive]: local.liveUrl }),
  };
}
