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
    | "modelWarmUpSamples"
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
    | "newUsers"
    | "groupRequests"
    | "groupErrors"
    | "groupFeedbackCount"
    | "groupFeedbackSum"
    | "feedbackHeld"
    | "modelReady"
    | "unsentBytes"
    | "responsesRefused"
    | "connectionsClosed"
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
  readonly headers: Readonly<
    Record<"predictionId" | "cache" | "routerTimeout" | "requestId" | "bucketSource" | "newUser", string>
  >;
  readonly labels: Readonly<Record<"metric" | "userGroup", string>>;
  /** Number of buckets that users are divided into, and number of groups in which the buckets are counted. */
  readonly users: Readonly<Record<"buckets" | "groups", number>>;
  readonly arguments: { readonly allowFaults: string };
  readonly codes: Readonly<Record<"modelFailure" | "overloaded" | "timedOut", number>>;
}

export const contract: Contract = JSON.parse(readFileSync(join(__dirname, "../../contract.json"), "utf8"));

/** The group in which a user's bucket is counted. */
export const groupOf = (bucket: number): number => bucket % contract.users.groups;

/** The version of this server, as shown by `GET /v2` and the log. */
export const { version: serverVersion }: { version: string } = JSON.parse(
  readFileSync(join(__dirname, "../../package.json"), "utf8"),
);
