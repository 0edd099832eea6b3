import type { Weights } from "../decision";

/** Users are divided into so many parts, each a percent of them. */
export const BUCKETS = 100;

/**
 * Which track each bucket of users belongs to: an entry for each bucket, in whole percents as the split says. It follows
 * from the split alone, and a change of the split moves few users: with two tracks exactly those that must move, as the
 * first takes its buckets from the beginning and the second from the end. With more, each track has an order of buckets that
 * it likes best, so that most of what it had stays its own.
 */
export function bucketOwners(split: Weights): readonly string[] {
  const tracks = Object.keys(split); // also those without a share: they may have had one, and have it again
  if (tracks.length <= 2) return tracks.flatMap((track) => Array.from({ length: split[track] ?? 0 }, () => track));
  const left = new Map(tracks.map((track) => [track, split[track] ?? 0]));
  const owners = new Array<string | undefined>(BUCKETS);
  for (const { track, bucket } of byLiking(tracks)) {
    const room = left.get(track) ?? 0;
    if (room === 0 || owners[bucket] !== undefined) continue;
    owners[bucket] = track;
    left.set(track, room - 1);
  }
  return owners.map((owner) => owner ?? "");
}

/** Every track with every bucket, the fondest first: neither would leave the other for what comes later. */
function byLiking(tracks: readonly string[]): { track: string; bucket: number }[] {
  const pairs = tracks.flatMap((track) =>
    Array.from({ length: BUCKETS }, (_, bucket) => ({ track, bucket, liking: hash(`${track}/${bucket}`) })),
  );
  return pairs.sort((a, b) => b.liking - a.liking || a.bucket - b.bucket || (a.track < b.track ? -1 : 1));
}

/** The bucket of a user in one experiment: another salt shuffles the users anew, so that experiments do not meet. */
export function bucketOf(user: string, salt: string): number {
  return hash(`${salt}/${user}`) % BUCKETS;
}

/** FNV-1a of the bytes of a text, 32 bits, with a last shuffle so that texts that differ in one place end far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
