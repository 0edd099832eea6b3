/** One entry of the catalogue of findings. `docs/errors.md` is generated from these. */
export interface CatalogueEntry {
  /** What was found, as a heading. */
  readonly title: string;
  /** Why it is refused, or warned of. */
  readonly why: string;
}

/**
 * Every code that a finding can have. Codes are stable: people search for them and silence them by name. 0xx are about the
 * form of the props, 1xx about values that do not fit together, 2xx are guardrails, 3xx are about one strategy.
 */
export const CATALOGUE = {
  SLW001: {
    title: "Unknown prop",
    why: "A misspelt prop would be ignored, and the rollout would not do what its author meant.",
  },
  SLW002: { title: "Wrong type", why: "The value is not of the type that the prop takes." },
  SLW003: { title: "Missing prop", why: "The prop is required and has no default." },
  SLW004: { title: "Value not allowed", why: "The prop takes one of a few values." },
  SLW005: { title: "Not exactly one", why: "Of a group of props exactly one must be given." },
  SLW006: { title: "Not a duration", why: "A duration has a unit: `30` could be seconds or minutes." },
  SLW007: { title: "Not a quantity", why: "The value is no Kubernetes quantity of CPU or memory." },
  SLW008: { title: "Not a whole percent", why: "A router takes whole percents from 1 to 100." },
  SLW009: {
    title: "Not a semantic version",
    why: "A model version never changes; `latest` names something else tomorrow.",
  },
  SLW010: { title: "Not a Kubernetes name", why: "The API server would refuse objects with this name." },
  SLW011: { title: "Not a SHA-256", why: "The digest of the model file is 64 lower-case hexadecimal digits." },
  SLW012: { title: "Number out of range", why: "The number is outside of what the prop takes." },
  SLW013: {
    title: "Not a model URI",
    why: "The serving image reads models from S3, Google Cloud Storage, HTTP, files, MLflow and OCI layouts, each by its URI.",
  },
  SLW014: { title: "Not a label", why: "The API server would refuse this label or annotation." },
  SLW015: { title: "Not a host name", why: "The router takes DNS names; it would refuse a URL or match no request." },
  SLW016: { title: "Not a date and time", why: "Evidence without a moment cannot be put in order." },
  SLW017: {
    title: "Not a path of predictions",
    why: "The serving image refuses a path that is none, or one of its own.",
  },
  SLW018: { title: "Not a path", why: "A request could not be sent there." },
  SLW020: {
    title: "Override not used",
    why: "No object of the plan has this role, so the override would change nothing.",
  },
  SLW021: {
    title: "Owned field",
    why: "Another part of the system writes this field, or relies on it as it is.",
  },
  SLW101: { title: "Same version on both tracks", why: "A canary of a version against itself tests nothing." },
  SLW102: { title: "Weights do not rise", why: "Each stage of a canary sends it more traffic than the one before." },
  SLW103: {
    title: "First weight too high",
    why: "A new version meets few users first; all of them at once is no rollout.",
  },
  SLW104: { title: "Unknown stage", why: "`traffic.stage` names a stage that the timetable does not have." },
  SLW105: {
    title: "Stage of another version",
    why: "A stage reached by one version must not carry over to the next, unproven one.",
  },
  SLW106: {
    title: "Interval shorter than the metrics can show",
    why: "Within the interval there would be too few scrapes to judge by.",
  },
  SLW107: { title: "More replicas at least than at most", why: "The autoscaler would be refused." },
  SLW108: {
    title: "Alert that can never fire",
    why: "No measurement could exceed this objective, so its alert would stay silent in any outage.",
  },
  SLW109: { title: "Duplicate name", why: "Two entries with one name cannot be told apart." },
  SLW110: { title: "Empty range", why: "The lower bound must lie under the upper bound." },
  SLW111: { title: "Request larger than the limit", why: "The API server would refuse the pod." },
  SLW112: {
    title: "Step too large",
    why: "What a small share of the traffic showed says little about most of it: load grows with the weight.",
  },
  SLW201: { title: "No gate", why: "Without a gate nothing would ever stop a bad version." },
  SLW202: { title: "No objectives", why: "Without objectives there is nothing to judge a version by." },
  SLW203: { title: "Monitoring is off", why: "A rollout without metrics could neither pass nor fail." },
  SLW204: {
    title: "No evidence",
    why: "In production a version is served only after it was validated, its endpoint tested and its rollback rehearsed.",
  },
  SLW205: {
    title: "Evidence of another artifact",
    why: "The evidence was made for another version, or for a file with another digest, than the one to be served.",
  },
  SLW206: { title: "Model not pinned", why: "In production the model file is pinned by its SHA-256." },
  SLW207: { title: "Image not pinned", why: "In production the serving image is pinned by its digest." },
  SLW208: { title: "Too few replicas for production", why: "One replica is an outage at every node drain." },
  SLW209: { title: "No way in", why: "A rollout moves traffic, so it needs a router and a host." },
  SLW210: { title: "Failed evidence", why: "A check of this artifact ran and did not pass." },
  SLW301: {
    title: "Prepared size out of range",
    why: "The autoscaler of the prepared version keeps between its least and its most replicas.",
  },
  SLW302: {
    title: "Standby larger than the live version",
    why: "A standby serves nobody; it only keeps the way back open.",
  },
  SLW303: { title: "Preview on the live host", why: "The preview leads to a version that nobody has tried yet." },
  SLW311: { title: "Fewer than two variants", why: "A test holds one version against another." },
  SLW312: { title: "Variant named twice", why: "A version tested against itself tells nothing." },
  SLW313: {
    title: "Guardrail on what decides",
    why: "The metric that the test is decided by is judged already; a guardrail is for what a win could cost.",
  },
  SLW314: {
    title: "No guardrail of the business",
    why: "Latency and errors are guarded always; what a win could cost the business only you know.",
  },
  SLW315: {
    title: "Test too short for its effect",
    why: "It would end without an answer, after users were given versions that nobody chose.",
  },
  SLW321: { title: "Shadow of itself", why: "A version always agrees with itself: nothing would be learnt." },
  SLW331: {
    title: "Fewer than two arms",
    why: "A bandit chooses between versions; with one there is nothing to choose.",
  },
  SLW332: { title: "An arm twice", why: "Two arms of one version would share their rewards, and their objects." },
  SLW333: {
    title: "Floors leave nothing to move",
    why: "When the floors of all arms use up the traffic, no reward can move it.",
  },
  SLW334: {
    title: "Split of other versions",
    why: "A split names every version once, so that none gets its share by accident.",
  },
  SLW335: {
    title: "Split that does not sum to 100",
    why: "A router shares out all of the traffic, no more and no less.",
  },
  SLW336: { title: "Warm-up under the floor", why: "The floor holds from the first request on." },
  SLW337: {
    title: "Setting of another algorithm",
    why: "A setting that nothing reads would make its author believe in it.",
  },
  SLW338: {
    title: "Rewards forgotten before they count",
    why: "Rewards that fade faster than the split moves leave only noise to move it by.",
  },
  SLW339: {
    title: "Too short to move",
    why: "A bandit that ends before its rewards moved the split is a fixed split.",
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

/** Code of a finding, such as `SLW103`. */
export type FindingCode = keyof typeof CATALOGUE;
