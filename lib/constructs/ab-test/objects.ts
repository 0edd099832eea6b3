import { shortHash } from "../../core/hash";
import type { Manifest } from "../../core/manifest";
import type { PlannedObject, Track } from "../../core/plan";
import type { Timetable } from "../../core/timetable";
import { bucketEnvoyFilter } from "../../kubernetes/bucket-envoy-filter";
import { prometheusRule, type RuleGroup } from "../../kubernetes/prometheus-rule";
import { experimentRules } from "../../monitoring/experiment-alerts";
import { istioAssignment, istioSplit } from "../../routing/istio";
import { bucketOwners, BUCKETS } from "../../strategies/ab-test/buckets";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import { comparisonAlerts } from "../common/comparison";
import { rolloutMetadata, rolloutObjects, watchedMetadata } from "../common/rollout";
import { seriesOf, SERVICE_PORT } from "../common/track";
import type { ParsedAbTestProps } from "./schema";

/** A test whose props passed, with what was planned from them. */
export interface PlannedAbTest {
  readonly props: ParsedAbTestProps;
  readonly tracks: readonly Track[];
  readonly policy: AbTestPolicy;
  readonly timetable: Timetable;
}

/** Header by which any caller can bring its own bucket. */
const BUCKET_HEADER = "x-slipway-bucket";
const SECONDS_A_DAY = 86_400;
/** What users do is known some hours after they were answered; a test takes days. */
const FEEDBACK_WITHIN_SECONDS = 6 * 3600;

/** The tracks of all variants, the split that holds each user to hers, and the alerts on the guardrails and on the test itself. */
export function abTestObjects(planning: PlannedAbTest): Record<string, PlannedObject> {
  const { props, policy, timetable } = planning;
  const models = props.variants;
  return rolloutObjects(props, {
    models,
    policy,
    timetable,
    split: split(planning),
    beside: {
      comparison: prometheusRule(watchedMetadata(props, models), alerts(planning)),
      ...hashing(props),
    },
  });
}

/** What has the gateway hash users, also before the test begins: its beginning is for the split to change. */
function hashing(props: ParsedAbTestProps): { readonly buckets?: Manifest } {
  const { unit, network } = props;
  if (unit.hash === undefined) return {};
  const metadata = { ...rolloutMetadata(props, props.variants), namespace: network.gatewayNamespace };
  const { header: userHeader, salt = metadata.name, gateway } = unit.hash;
  const hashing = { userHeader, bucketHeader: hashedBucketHeader(props), salt, buckets: BUCKETS, gateway };
  return { buckets: bucketEnvoyFilter(metadata, hashing) };
}

function split({ props, policy }: PlannedAbTest): Manifest {
  const metadata = rolloutMetadata(props, props.variants);
  const { unit, running } = props;
  if (!running) {
    const shares = policy.variants.map((service, index) => ({ service, weight: index === 0 ? 100 : 0 }));
    return istioSplit(metadata, shares, SERVICE_PORT);
  }
  return istioAssignment(metadata, {
    services: policy.variants,
    owners: bucketOwners(policy.split),
    header: unit.header?.name ?? (unit.hash === undefined ? BUCKET_HEADER : hashedBucketHeader(props)),
    ...(unit.cookie && {
      cookie: { name: unit.cookie.name ?? cookieName(props), maxAgeSeconds: unit.cookie.days * SECONDS_A_DAY },
    }),
    port: SERVICE_PORT,
  });
}

/** Of another name for other versions: who was in one half of the last test is in any half of the next. */
function cookieName(props: ParsedAbTestProps): string {
  return `slipway-${testHash(props)}`;
}

/** One gateway hashes users for all tests behind it, so each has a header of its own. */
function hashedBucketHeader(props: ParsedAbTestProps): string {
  return `${BUCKET_HEADER}-${testHash(props)}`;
}

const testHash = (props: ParsedAbTestProps): string => shortHash(rolloutMetadata(props, props.variants).name, 8);

function alerts({ props, policy, tracks }: PlannedAbTest): RuleGroup[] {
  const [control, ...others] = tracks;
  if (control === undefined) return [];
  const guardrails = others.flatMap((variant) => comparisonAlerts(props, props.analysis, control, variant));
  if (!props.running) return guardrails;
  const variants = tracks.map(({ name, version }) => ({
    series: seriesOf(props, version),
    share: (policy.split[name] ?? 0) / 100,
  }));
  const primary = {
    metric: props.metric.name,
    withinSeconds: FEEDBACK_WITHIN_SECONDS,
    minimumRequests: props.analysis.minimumSamples,
  };
  return [...guardrails, ...experimentRules(variants, primary)];
}
