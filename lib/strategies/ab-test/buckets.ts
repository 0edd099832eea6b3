import { USER_BUCKETS } from "../../core/contract";
import type { Weights } from "../decision";

/** Number of buckets that users are divided into, one per percent. */
export const BUCKETS = USER_BUCKETS;

/**
 * The track of each bucket of users, in whole percent as the split says. It follows from the split alone, and a change of
 * the split moves few users. With two tracks only those move that must: the first owns buckets from the beginning and the
 * second from the end. With more, rendezvous hashing gives each bucket to the track with the highest score that still has
 * room, so most buckets keep their track.
 */
export function bucketOwners(split: Weights): readonly string[] {
  // Includes tracks without a share: they may have had one, and may get it again.
  const tracks = Object.keys(split);
  if (tracks.length <= 2) return tracks.flatMap((track) => Array.from({ length: split[track] ?? 0 }, () => track));
  const remaining = new Map(tracks.map((track) => [track, split[track] ?? 0]));
  const owners = new Array<string | undefined>(BUCKETS);
  for (const { track, bucket } of byScore(tracks)) {
    const room = remaining.get(track) ?? 0;
    if (room === 0 || owners[bucket] !== undefined) continue;
    owners[bucket] = track;
    remaining.set(track, room - 1);
  }
  return owners.map((owner) => owner ?? "");
}

/** All pairs of a track and a bucket, highest score first (rendezvous hashing). The score is a hash of both. */
function byScore(tracks: readonly string[]): { track: string; bucket: number }[] {
  const pairs = tracks.flatMap((track) =>
    Array.from({ length: BUCKETS }, (_, bucket) => ({ track, bucket, score: hash(`${track}/${bucket}`) })),
  );
  return pairs.sort((a, b) => b.score - a.score || a.bucket - b.bucket || (a.track < b.track ? -1 : 1));
}

/** The bucket of a user in one experiment. The salt shuffles users, so that experiments are independent of each other. */
export function bucketOf(user: string, salt: string): number {
  return hash(`${salt}/${user}`) % BUCKETS;
}

/** 32-bit FNV-1a of the bytes of a text, with MurmurHash3's finalizer so that similar texts get unrelated hashes. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
