import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import pino from "pino";
import type { ModelConfig, SignatureConfig } from "../../src/config/settings";
import { installModel } from "../../src/model/files/install-model";
import type { InstalledModel } from "../../src/model/files/installed-model";
import { scratch } from "./server-process";

export const FILE = Buffer.alloc(200_000, "a model ");
export const SHA256 = createHash("sha256").update(FILE).digest("hex");

/** Installs a model in an empty folder. */
export function placeModel(
  uri: string,
  signature: SignatureConfig = { required: false },
  more: Partial<ModelConfig> = {},
): Promise<InstalledModel> {
  return installModel(
    { name: "m", version: "1", uri, root: scratch(), threads: 1, cache: true, warmUp: { enabled: true }, ...more },
    {
      download: { attempts: 2, stalledAfterSeconds: 30, diskLimitBytes: Number.MAX_SAFE_INTEGER },
      signature,
      isInUse: () => true,
      log: pino({ level: "silent" }),
      signal: new AbortController().signal,
    },
  );
}

/** Expects that the installed file is the usual one. */
export async function expectModel(placing: Promise<InstalledModel>): Promise<void> {
  const { path, sha256 } = await placing;
  expect(sha256).toBe(SHA256);
  expect(readFileSync(path).equals(FILE)).toBe(true);
}
