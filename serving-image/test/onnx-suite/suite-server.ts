import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digits, scratch, serve, type ServerProcess } from "../support/server-process";
import { SuiteClient } from "./ask";
import type { SuiteCase } from "./cases";
import { judge, type Verdict } from "./judge";

/** The models are judged a few at a time: loading one uses little of the processor. */
const AT_A_TIME = 4;

/** Serves all models from one repository, loads and unloads each in turn, and judges its answers. */
export async function judgeAll(cases: readonly SuiteCase[]): Promise<readonly Verdict[]> {
  const root = scratch();
  for (const one of cases) putModel(root, one);
  const server = await serve(digits("1.1.0"), {
    http: { bodyLimitBytes: 2 ** 25 },
    repository: { root, control: true },
  });
  const client = new SuiteClient(server.url, server.grpcPort);
  try {
    return await judgeWith(server, client, cases);
  } finally {
    client.close();
    await server.stop("SIGTERM");
  }
}

async function judgeWith(
  server: ServerProcess,
  client: SuiteClient,
  cases: readonly SuiteCase[],
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  const waiting = [...cases];
  const worker = async (): Promise<void> => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const { name } = one;
      const verdict = await judge(client, one).catch((error: unknown) => {
        throw new Error(`The server failed with ${name}: ${String(error)} ${server.stderr}`);
      });
      verdicts.push(verdict);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return verdicts;
}

function putModel(root: string, { name, file, model }: SuiteCase): void {
  const folder = join(root, name, "1");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "model.onnx");
  if (file === undefined) writeFileSync(path, Buffer.from(model ?? "", "base64"));
  else copyFileSync(file, path);
}
