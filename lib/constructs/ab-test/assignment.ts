import { shortHash } from "../../core/hash";
import type { Manifest } from "../../core/manifest";
import type { RouterCapability, StickyAssignment } from "../../routing/router";
import { bucketOwners, BUCKETS } from "../../strategies/ab-test/buckets";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import type { NamedModel } from "../common/production";
import type { PlannedRollout } from "../common/rollout";
import type { ParsedAbTestProps } from "./schema";

type PlannedAbTest = PlannedRollout<ParsedAbTestProps, AbTestPolicy, readonly NamedModel[]>;

/** Header by which any caller can send a user's bucket. */
const BUCKET_HEADER = "x-slipway-bucket";
const SECONDS_A_DAY = 86_400;

/** The capability of the router that each way of pinning users needs. */
const CAPABILITY_OF: Readonly<Record<keyof ParsedAbTestProps["unit"], RouterCapability>> = {
  cookie: "cookie-assignment",
  header: "header-assignment",
  hash: "hash-assignment",
};

/** The capabilities of the router that the declared unit needs. */
export function assignmentNeeds({ unit }: ParsedAbTestProps): { capability: RouterCapability; path: string }[] {
  const units = (Object.keys(CAPABILITY_OF) as (keyof typeof CAPABILITY_OF)[]).filter((key) => unit[key] !== undefined);
  return units.map((key) => ({ capability: CAPABILITY_OF[key], path: `unit.${key}` }));
}

/** How users are pinned to variants while the test runs. */
export function assignment(test: PlannedAbTest): StickyAssignment | undefined {
  const { unit, running } = test.props;
  if (!running) return undefined;
  return {
    owners: bucketOwners(test.policy.split),
    header: unit.header?.name ?? (unit.hash === undefined ? BUCKET_HEADER : hashedBucketHeader(test)),
    ...(unit.cookie && {
      cookie: { name: unit.cookie.name ?? cookieName(test), maxAgeSeconds: unit.cookie.days * SECONDS_A_DAY },
    }),
  };
}

/** Makes the gateway hash users, even before the test starts, so that its start changes only the split. */
export function hashingObjects(test: PlannedAbTest): Readonly<Record<string, Manifest>> {
  const { props, routing, metadata } = test;
  const { unit, network } = props;
  if (unit.hash === undefined) return {};
  const { router, settings } = routing;
  const { header: userHeader, salt = metadata.name, gateway = router.gateway.podLabels } = unit.hash;
  const hashing = { userHeader, bucketHeader: hashedBucketHeader(test), salt, buckets: BUCKETS, gateway };
  const namespace = network.gatewayNamespace ?? router.gateway.namespace;
  return router.extraObjects({ ...metadata, namespace }, { hashing }, settings);
}

/** A test of other versions has another cookie, so that it assigns users independently of earlier tests. */
function cookieName(test: PlannedAbTest): string {
  return `slipway-${testHash(test)}`;
}

/** One gateway hashes users for all tests behind it, so each test has its own header. */
function hashedBucketHeader(test: PlannedAbTest): string {
  return `${BUCKET_HEADER}-${testHash(test)}`;
}

const testHash = ({ metadata }: PlannedAbTest): string => shortHash(metadata.name, 8);
