import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Layer {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly title?: string;
  /** Whether its content does not match its digest. */
  readonly isCorrupted?: boolean;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Writes an OCI image layout with an image for each tag; every second one is inside a nested index. */
export function ociLayout(
  folder: string,
  images: Readonly<Record<string, readonly Layer[]>>,
): { folder: string; digestOf(tag: string): string | undefined } {
  const blobs = join(folder, "blobs/sha256");
  mkdirSync(blobs, { recursive: true });
  const put = (mediaType: string, bytes: Buffer, isCorrupted = false): Descriptor => {
    const sum = createHash("sha256").update(bytes).digest("hex");
    const written = Buffer.from(bytes);
    if (isCorrupted) written[written.length - 1] = (written.at(-1) ?? 0) ^ 1;
    writeFileSync(join(blobs, sum), written);
    return { mediaType, digest: `sha256:${sum}`, size: bytes.length };
  };
  const putJson = (mediaType: string, content: object): Descriptor =>
    put(mediaType, Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...content })));
  const [manifest, index] = ["application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json"];
  const manifests = Object.entries(images).map(([tag, layers], i) => {
    const own = putJson(manifest, {
      config: put("application/vnd.oci.empty.v1+json", Buffer.from("{}")),
      layers: layers.map(({ mediaType, bytes, title, isCorrupted }) => ({
        ...put(mediaType, bytes, isCorrupted),
        ...(title !== undefined && { annotations: { "org.opencontainers.image.title": title } }),
      })),
      annotations: { tag },
    });
    const named = i % 2 === 0 ? own : putJson(index, { manifests: [own] });
    return { ...named, annotations: { "org.opencontainers.image.ref.name": tag } };
  });
  writeFileSync(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
  writeFileSync(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const digestOf = (tag: string): string | undefined =>
    manifests.find(({ annotations }) => annotations["org.opencontainers.image.ref.name"] === tag)?.digest;
  return { folder, digestOf };
}
