import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { cleanUp, serve, tiny, type ServerProcess } from "../../serving-image/test/support/server-process";
import { describeIf } from "../support/describe-if";

const SCRIPTS = join(__dirname, "clients");
const NEEDED = "needs SLIPWAY_TEST_PYTHON, a Python with tritonclient[all], and with kserve for its client";

interface Call {
  readonly client: string;
  readonly call: string;
  readonly outcome: "pass" | "fail" | "not offered";
  readonly detail: string;
}

describeIf(process.env["SLIPWAY_TEST_PYTHON"], NEEDED, "the clients from PyPI", (python) => {
  let server: ServerProcess;

  beforeAll(async () => {
    const model = { name: "echo", version: "1" };
    server = await serve(tiny("echo"), { model, repository: { control: true } });
  });
  afterAll(cleanUp);

  /** Runs a script against the server; undefined if Python lacks its client. */
  async function callsOf(script: string): Promise<Call[] | undefined> {
    const addresses = [server.port, server.grpcPort].map((port) => `127.0.0.1:${port}`);
    const child = spawn(python, [join(SCRIPTS, script), ...addresses], {
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const [code] = (await once(child, "close")) as [number | null];
    if (/^ModuleNotFoundError: No module named '(tritonclient|kserve)'/m.test(stderr)) return undefined;
    if (code !== 0) throw new Error(`${script} exited with ${code}: ${stderr}`);
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Call);
  }

  test.each([
    ["triton_client.py", 60],
    ["kserve_client.py", 15],
  ])("%s: every call of the client has the expected result", async (script, atLeast) => {
    const calls = await callsOf(script);
    if (calls === undefined) {
      process.stderr.write(`skipped: ${script}: ${NEEDED}\n`);
      return;
    }
    process.stdout.write(tableOf(calls));
    expect(calls.length).toBeGreaterThanOrEqual(atLeast);
    expect(calls.filter(({ outcome }) => outcome === "fail")).toEqual([]);
  });
});

function tableOf(calls: readonly Call[]): string {
  const width = (of: (call: Call) => string) => Math.max(...calls.map((call) => of(call).length)) + 2;
  const [clients, names] = [width(({ client }) => client), width(({ call }) => call)];
  const line = ({ client, call, outcome, detail }: Call) =>
    `${outcome.padEnd(13)}${client.padEnd(clients)}${call.padEnd(names)}${detail}`;
  return `${calls.map(line).join("\n")}\n`;
}
