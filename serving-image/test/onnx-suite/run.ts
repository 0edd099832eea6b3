import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanUp, scratch } from "../support/server-process";
import { readCases } from "./cases";
import { judgeAll } from "./suite-server";
import { formatVerdicts } from "./table";

/** The last version whose package has the recorded outputs of all operators is 1.22. */
const PACKAGES = ["onnx==1.19.1", "onnxruntime==1.30.0", "numpy==2.4.6"];
const SCRIPT = join(__dirname, "reference.py");

/**
 * `npm run conformance:onnx [CASES]`: runs ONNX's backend test suite against the server, over JSON, binary and gRPC. CASES is
 * what `reference.py` wrote; without it, a virtual environment is made for the script. The verdicts are also written as JSON.
 */
async function main(file = writeCases()): Promise<void> {
  const verdicts = await judgeAll(readCases(file));
  console.log(formatVerdicts(verdicts));
  const bad = verdicts.filter(({ outcome }) => outcome === "wrong" || outcome === "failed");
  for (const { name, reason } of bad) console.log(`FAILED ${name}: ${reason}`);
  const results = join(tmpdir(), "slipway-onnx-suite.json");
  await writeFile(results, JSON.stringify(verdicts, null, 1));
  console.log(`All verdicts: ${results}`);
  if (bad.length > 0) process.exitCode = 1;
}

function writeCases(): string {
  const environment = join(tmpdir(), "slipway-onnx-suite", PACKAGES.join("-"));
  const python = join(environment, "bin/python");
  if (!existsSync(python)) execFileSync("python3", ["-m", "venv", environment], { stdio: "inherit" });
  execFileSync(python, ["-m", "pip", "install", "--quiet", ...PACKAGES], { stdio: "inherit" });
  const cases = join(scratch(), "cases.jsonl");
  execFileSync(python, [SCRIPT, cases], { stdio: "inherit" });
  return cases;
}

void main(process.argv[2]).finally(cleanUp);
