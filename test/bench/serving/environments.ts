import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where the peers are installed, once for all runs. */
const FOLDER = process.env["SLIPWAY_BENCH_PEERS"] ?? join(tmpdir(), "slipway-bench-peers");

const PACKAGES = {
  fastapi: ["fastapi==0.121.3", "uvicorn[standard]==0.54.0", "onnxruntime==1.32.0", "onnx==1.23.2"],
  mlserver: ["mlserver==1.7.1", "onnxruntime==1.32.0"],
  kserve: ["kserve==0.16.0", "onnxruntime==1.32.0"],
} as const;
const FASTIFY = "fastify@5.12.8";

export type PythonEnvironment = keyof typeof PACKAGES;

/** The folder of a Python environment of a peer, installed from PyPI unless it is there. */
export function pythonEnvironment(name: PythonEnvironment): string {
  const folder = join(FOLDER, name);
  return installed(folder, () => {
    execFileSync("python3", ["-m", "venv", folder]);
    execFileSync(join(folder, "bin/pip"), ["install", "--quiet", ...PACKAGES[name]], {
      stdio: ["ignore", "pipe", "pipe"],
    });
  });
}

/** The folder in which fastify is installed, from npm unless it is there. */
export function fastifyFolder(): string {
  const folder = join(FOLDER, "fastify");
  return installed(folder, () => {
    mkdirSync(folder, { recursive: true });
    execFileSync("npm", ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--silent", FASTIFY]);
  });
}

function installed(folder: string, install: () => void): string {
  const mark = join(folder, "installed");
  if (existsSync(mark)) return folder;
  process.stdout.write(`installing ${folder}\n`);
  install();
  writeFileSync(mark, "");
  return folder;
}
