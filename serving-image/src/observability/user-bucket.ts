import { contract } from "../core/contract";

/** The bucket of the user who sent a request. A router that divides users into buckets assigns one to each user. */
export interface UserBucket {
  readonly bucket: number;
  /** Whether the router assigned the bucket with this request. */
  readonly isNew: boolean;
}

const { bucketSource, newUser } = contract.headers;
const BUCKET = /^\d{1,3}$/;

/**
 * Reads the bucket of a user from the headers of a request. The router adds them while it divides users: one that has the
 * bucket of a new user, or one that lists where requests carry the bucket of a known user, such as
 * `header=x-slipway-bucket,cookie=slipway-1a2b3c4d`.
 */
export function userBucketOf(header: (name: string) => string | undefined): UserBucket | undefined {
  const assigned = bucketIn(header(newUser));
  if (assigned !== undefined) return { bucket: assigned, isNew: true };
  for (const source of header(bucketSource)?.split(",") ?? []) {
    const bucket = bucketFrom(source.trim(), header);
    if (bucket !== undefined) return { bucket, isNew: false };
  }
  return undefined;
}

function bucketFrom(source: string, header: (name: string) => string | undefined): number | undefined {
  const [kind, name = ""] = source.split("=");
  if (kind === "header") return bucketIn(header(name.toLowerCase()));
  if (kind !== "cookie") return undefined;
  const cookies = header("cookie")?.split(";") ?? [];
  const cookie = cookies.find((each) => each.trim().startsWith(`${name}=`));
  return bucketIn(cookie?.slice(cookie.indexOf("=") + 1).trim());
}

function bucketIn(text: string | undefined): number | undefined {
  if (text === undefined || !BUCKET.test(text)) return undefined;
  const bucket = Number(text);
  return bucket < contract.users.buckets ? bucket : undefined;
}
