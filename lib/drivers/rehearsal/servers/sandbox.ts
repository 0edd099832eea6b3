import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cleanup } from "../cleanup";
import type { Container } from "./container";

/** Creates the folder that a rehearsal writes into while it runs; it is removed with the rehearsal. */
export function createScratchFolder(cleanup: Cleanup): string {
  const folder = mkdtempSync(join(tmpdir(), "slipway-rehearsal-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  cleanup.add(remove, remove);
  return folder;
}

/** The container's mounted folders, as folders on this machine. */
export class Sandbox {
  private readonly folders: readonly (readonly [mountPath: string, folder: string])[];

  constructor(container: Container, scratch: string) {
    this.folders = container.mounts.map(({ name, path, files }) => {
      const folder = join(scratch, container.track.name, name);
      mkdirSync(folder, { recursive: true });
      for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
      return [path, folder] as const;
    });
  }

  /** Translates a path in the container to this machine; other values stay as they are. */
  translate(value: string): string {
    for (const [mountPath, folder] of this.folders) {
      if (value === mountPath) return folder;
      if (value.startsWith(`${mountPath}/`)) return join(folder, value.slice(mountPath.length + 1));
    }
    return value;
  }

  /** Replaces paths on this machine by those in the container. */
  restore(text: string): string {
    return this.folders.reduce((restored, [mountPath, folder]) => restored.replaceAll(folder, mountPath), text);
  }
}
