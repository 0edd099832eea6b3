import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The contract between the server and its deployment: the part of `contract.json` that the server itself uses. */
interface Contract {
  readonly ports: { readonly http: number; readonly grpc: number };
  readonly paths: Record<"feedback" | "comparison" | "kept" | "faults", string>;
  readonly mounts: { readonly models: string };
  /** Patterns of settings that the deployment validates as well. */
  readonly patterns: { readonly predictPath: string };
  readonly configFile: string;
  readonly env: Record<
    | "config"
    | "httpPort"
    | "grpcPort"
    | "host"
    | "modelName"
    | "modelVersion"
    | "modelUri"
    | "modelSha256"
    | "modelRoot"
    | "logLevel"
    | "comparisonLive"
    | "feedbackSecret"
    | "feedbackSecretFile"
    | "feedbackMetricsFile",
    string
  >;
  readonly metrics: Record<
    | "duration"
    | "requests"
    | "queue"
    | "compute"
    | "batchSize"
    | "inFlight"
    | "queueLength"
    | "rejected"
    | "feedbackCount"
    | "feedbackSum"
    | "feedbackSquares"
    | "feedbackRefused"
    | "feedbackHeld"
    | "modelReady"
    | "cacheHits"
    | "cacheMisses"
    | "cacheShared"
    | "cacheSkipped"
    | "cacheEntries"
    | "cacheBytes"
    | "featureBin"
    | "featureExpected"
    | "predictionBin"
    | "predictionExpected"
    | "comparisonPairs"
    | "comparisonOutputs"
    | "comparisonDifference"
    | "comparisonLargest"
    | "comparisonDuration"
    | "comparisonErrors"
    | "comparisonUnpaired"
    | "comparisonWaiting"
    | "comparisonAsks"
    | "comparisonKept",
    string
  >;
  readonly buckets: Readonly<Record<"durationSeconds" | "batchSize" | "difference", readonly number[]>>;
  readonly headers: Readonly<Record<"predictionId" | "cache" | "routerTimeout" | "requestId", string>>;
  readonly arguments: { readonly allowFaults: string };
  readonly codes: { readonly modelFailure: number };
}

export const contract: Contract = JSON.parse(readFileSync(join(__dirname, "../../contract.json"), "utf8"));

/** The version of this server, as shown by `GET /v2` and the log. */
export const { version: serverVersion }: { version: string } = JSON.parse(
  readFileSync(join(__dirname, "../../package.json"), "utf8"),
);
