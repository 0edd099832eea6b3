/** One entry of the catalogue of findings. `docs/errors.md` is generated from these. */
export interface CatalogueEntry {
  /** What was found, as a heading. */
  readonly title: string;
  /** Why it is an error or a warning. */
  readonly why: string;
}

/**
 * Every code that a finding can have. Codes are stable, because people search for them and silence them by code. 0xx are
 * about the form of the props, 1xx about values that do not fit together, 2xx are guardrails, 3xx are about one strategy,
 * 4xx about a router or a runtime.
 */
export const CATALOGUE = {
  SLW001: {
    title: "Unknown prop",
    why: "A misspelled prop would be ignored, and the rollout would not do what its author intended.",
  },
  SLW002: { title: "Wrong type", why: "The value does not have the type of the prop." },
  SLW003: { title: "Missing prop", why: "The prop is required and has no default." },
  SLW004: { title: "Value not allowed", why: "The prop accepts only a few values." },
  SLW005: { title: "Not exactly one", why: "Exactly one prop of the group must be set." },
  SLW006: { title: "Not a duration", why: "A duration has a unit: `30` could be seconds or minutes." },
  SLW007: { title: "Not a quantity", why: "The value is not a valid Kubernetes quantity of CPU or memory." },
  SLW008: { title: "Not a whole percentage", why: "Routers accept only whole percentages from 1 to 100." },
  SLW009: {
    title: "Not a semantic version",
    why: "A model version never changes, but `latest` can be another model tomorrow.",
  },
  SLW010: { title: "Not a Kubernetes name", why: "The API server would reject objects with this name." },
  SLW011: { title: "Not a SHA-256", why: "The digest of the model file has 64 lower-case hexadecimal digits." },
  SLW012: { title: "Number out of range", why: "The number is outside the range that the prop accepts." },
  SLW013: {
    title: "Not a model URI",
    why: "The serving image reads models from S3, Google Cloud Storage, HTTP, files, MLflow and OCI layouts, each by its URI.",
  },
  SLW014: { title: "Not a label", why: "The API server would reject this label or annotation." },
  SLW015: { title: "Not a host name", why: "Routers accept DNS names. A URL would be rejected, or match no request." },
  SLW016: { title: "Not a date and time", why: "Evidence without a valid time cannot be ordered." },
  SLW017: {
    title: "Not a predict path",
    why: "The serving image rejects invalid paths and paths that it uses itself.",
  },
  SLW018: { title: "Not a path", why: "No request could be sent to this path." },
  SLW020: {
    title: "Override not used",
    why: "No object of the plan has this role, so the override would change nothing.",
  },
  SLW021: { title: "Owned field", why: "Another part of the system writes this field or relies on it." },
  SLW101: {
    title: "Same version on both tracks",
    why: "A candidate that is compared with the same version tests nothing.",
  },
  SLW102: {
    title: "Weights do not rise",
    why: "Each stage of a canary must send it more traffic than the stage before.",
  },
  SLW103: {
    title: "First weight too high",
    why: "A new version should serve few users first; all users at once is not a gradual rollout.",
  },
  SLW104: { title: "Unknown stage", why: "`traffic.stage` names a stage that the timetable does not have." },
  SLW105: {
    title: "Stage of another version",
    why: "A stage that one version has reached must not carry over to the next version, which is unproven.",
  },
  SLW106: {
    title: "Interval too short for the metrics",
    why: "The interval contains too few scrapes to evaluate the gates.",
  },
  SLW107: {
    title: "Minimum above the maximum",
    why: "The API server would reject the autoscaler: its minimum of replicas is above its maximum.",
  },
  SLW108: {
    title: "Alert that can never fire",
    why: "No measurement can exceed this objective, so its alert would stay silent in every outage.",
  },
  SLW109: { title: "Duplicate name", why: "Two entries with the same name cannot be distinguished." },
  SLW110: { title: "Empty range", why: "The lower bound must be below the upper bound." },
  SLW111: { title: "Request larger than the limit", why: "The API server would reject the pod." },
  SLW112: {
    title: "Step too large",
    why: "What a small share of the traffic shows says little about most of it, because load grows with the weight.",
  },
  SLW113: {
    title: "No holdback",
    why: "Without traffic on the stable version, the last stage has no baseline of the same time.",
  },
  SLW114: {
    title: "Warm-up too long",
    why: "Latency does not count while a candidate warms up, and a stage must have enough time in which it does.",
  },
  SLW115: {
    title: "Too few requests to pass",
    why: "A stage that gets fewer requests than it needs is extended, and then the rollout pauses.",
  },
  SLW116: {
    title: "Maturity too long for the time to judge",
    why: "Values that count only after the time is over cannot decide anything, so the gate would lack samples.",
  },
  SLW201: { title: "No gate", why: "Without a gate nothing would stop a bad version." },
  SLW202: { title: "No objectives", why: "Without objectives there is nothing to evaluate a version by." },
  SLW203: { title: "Monitoring is off", why: "A rollout without metrics can neither pass nor fail." },
  SLW204: {
    title: "No evidence",
    why: "In production, a version may only serve users after it was validated, its endpoint tested and its rollback rehearsed.",
  },
  SLW205: {
    title: "Evidence of another artifact",
    why: "The evidence is for another version, or for a file with another digest, than the one to be served.",
  },
  SLW206: { title: "Model not pinned", why: "In production, the model file must be pinned by its SHA-256." },
  SLW207: { title: "Image not pinned", why: "In production, the serving image must be pinned by its digest." },
  SLW208: { title: "Too few replicas for production", why: "With a single replica, every node drain is an outage." },
  SLW209: { title: "No router or host", why: "A rollout moves traffic, so it needs a router and a host." },
  SLW210: { title: "Failed evidence", why: "A check of this artifact ran and did not pass." },
  SLW211: {
    title: "No controller yet",
    why: "The weights would be left to a controller that does not exist, and stay at the opening split forever.",
  },
  SLW301: {
    title: "Prepared size out of range",
    why: "The autoscaler of the prepared version keeps it between its minimum and its maximum of replicas.",
  },
  SLW302: {
    title: "Standby larger than the live version",
    why: "A standby serves no users; it only keeps the rollback fast.",
  },
  SLW303: { title: "Preview on the live host", why: "The preview serves a version that has not passed any test yet." },
  SLW304: {
    title: "No copies for the standby",
    why: "Without copies of the requests, the version that was replaced is not a baseline of the same time.",
  },
  SLW311: { title: "Fewer than two variants", why: "A test compares versions, so it needs at least two." },
  SLW312: { title: "Duplicate variant", why: "A version that is compared with itself shows nothing." },
  SLW313: {
    title: "Guardrail on the metric of the test",
    why: "The test already evaluates this metric. A guardrail is for what a better metric could cost.",
  },
  SLW314: {
    title: "No business guardrail",
    why: "Latency and errors always have guardrails. Only you know what a winner could cost the business.",
  },
  SLW315: {
    title: "Test too short for its effect",
    why: "The test would end without an answer, after users were served by versions that nobody chose.",
  },
  SLW321: {
    title: "Shadow of itself",
    why: "A version always agrees with itself, so the comparison would show nothing.",
  },
  SLW322: {
    title: "No requests are copied",
    why: "Without copies nothing is compared, so the shadow never gets a verdict.",
  },
  SLW331: { title: "Fewer than two arms", why: "A bandit chooses between versions, so it needs at least two." },
  SLW332: {
    title: "Duplicate arm",
    why: "Two arms with the same version would share their rewards and their objects.",
  },
  SLW333: {
    title: "Floors leave nothing to move",
    why: "If the floors of all arms add up to the whole traffic, rewards cannot move any of it.",
  },
  SLW334: {
    title: "Split of other versions",
    why: "A split must name every version once, so that no version gets its share by accident.",
  },
  SLW335: {
    title: "Split that does not sum to 100",
    why: "A router distributes the whole traffic, no more and no less.",
  },
  SLW336: { title: "Warm-up below the floor", why: "The floor applies from the first request." },
  SLW337: {
    title: "Setting of another algorithm",
    why: "The algorithm ignores this setting, so the author would expect an effect that it does not have.",
  },
  SLW338: {
    title: "Rewards forgotten before they count",
    why: "If rewards decay faster than the split moves, only noise is left to move it.",
  },
  SLW339: {
    title: "Too short to move",
    why: "A bandit that ends before rewards have moved the split is a fixed split.",
  },
  SLW401: {
    title: "Router without the capability",
    why: "The router could not do what the rollout is declared to do, so it would do something else.",
  },
  SLW402: {
    title: "Runtime without the capability",
    why: "The server could not do what the rollout is judged by, so it could neither pass nor fail.",
  },
  SLW403: {
    title: "Metric that the runtime does not have",
    why: "What is not measured can neither raise an alert nor scale replicas.",
  },
  SLW404: {
    title: "Router that does not count requests",
    why: "A server counts only what reaches it: while it crashes, users get errors that no metric of its own shows.",
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

/** Code of a finding, such as `SLW103`. */
export type FindingCode = keyof typeof CATALOGUE;
