import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { checkConformance, conforms, type ConformanceReport } from "../../lib/drivers/conformance/conformance";
import { cleanUp, serve, tiny, type ServerProcess } from "../../serving-image/test/support/server-process";
import { CommandFolder } from "../support/slipway-command";

const folder = new CommandFolder();
let server: ServerProcess;

beforeAll(async () => {
  server = await serve(tiny("echo"));
});
afterAll(async () => {
  folder.remove();
  await cleanUp();
});

async function check(...args: string[]): Promise<{ code: number | null; report: ConformanceReport }> {
  const { code, stdout, stderr } = await folder.run("conformance", ...args, "--json");
  expect(stderr).toBe("");
  return { code, report: JSON.parse(stdout) as ConformanceReport };
}

const failed = ({ items }: ConformanceReport): string[] =>
  items
    .filter(({ outcome }) => outcome === "fail")
    .map(({ transport, group, name }) => `${transport} ${group}: ${name}`);

test("the bundled server passes every item of the protocol, and fails none of the others", async () => {
  const grpc = `127.0.0.1:${server.grpcPort}`;
  const { code, stdout, stderr } = await folder.run("conformance", server.url, "--grpc", grpc);
  process.stdout.write(stdout);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).not.toContain("FAIL");
  expect(stdout).toMatch(/^(\d+) of \1 required by the protocol passed, 0 failed$/m);
  expect(stdout).toMatch(/^(\d+) of \1 good practice passed, 0 failed$/m);
});

test("a model whose tensors JSON cannot represent is checked by its bytes, and a model of one input by a raw body", async () => {
  const half = await serve(tiny("half"));
  const { code, report } = await check(half.url, "--grpc", `127.0.0.1:${half.grpcPort}`);
  expect({ code, failed: failed(report) }).toEqual({ code: 0, failed: [] });
  const passed = report.items.filter(({ outcome }) => outcome === "pass").map(({ name }) => name);
  expect(passed).toEqual(
    expect.arrayContaining(["FP16 as bytes, without loss", "a body that is one input's bytes, by the length 0"]),
  );
});

test("a given request is used if none generated from the metadata fits", async () => {
  const request = folder.write("request.json", '{"inputs":[{"name":"x","datatype":"FP32","shape":[2],"data":[1,2]}]}');
  const log = await serve(tiny("log"));
  const { code, report } = await check(log.url, "--request", request);
  expect({ code, failed: failed(report) }).toEqual({ code: 0, failed: [] });
  expect(report.withoutGrpc).toContain("--grpc");
});

describe("a server with one fault is detected:", () => {
  let proxy: Server;
  afterEach(() => new Promise((closed) => proxy.close(closed)));

  /** A proxy in front of the bundled server that corrupts its answers. */
  async function corrupted(corrupt: (answer: Answer, path: string) => Answer): Promise<string> {
    proxy = createServer((request, response) => void pass(request, response, corrupt));
    await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
    return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  }

  test.each<[what: string, corrupt: (answer: Answer, path: string) => Answer, found: string[]]>([
    [
      "it forgets the id",
      (answer) => ({ ...answer, text: answer.text.replace(/"id":"[^"]*",/, "") }),
      ["HTTP infer: returns the id of the request", "HTTP infer: twenty requests at once are each answered correctly"],
    ],
    [
      "it rounds whole numbers of 64 bits",
      (answer) => ({ ...answer, text: answer.text.replaceAll("9007199254740993", "9007199254740992") }),
      ["HTTP datatypes: UINT64 as JSON, without loss", "HTTP datatypes: INT64 as JSON, without loss"],
    ],
    [
      "it reports models as ready that it does not have",
      (answer, path) => (path.endsWith("/ready") ? { status: 200, text: '{"ready":true}' } : answer),
      ["HTTP health: an unknown model is not ready", "HTTP health: an unknown version is not ready"],
    ],
    [
      "its errors have no message",
      (answer, path) => (answer.status === 404 && path.endsWith("/infer") ? { status: 404, text: "{}" } : answer),
      ["HTTP errors: an unknown model", "HTTP errors: an unknown version"],
    ],
    [
      "its metadata lists other outputs than its answers contain",
      (answer, path) =>
        path === "/v2/models/digits" ? { ...answer, text: answer.text.replace("out_INT8", "out_other") } : answer,
      ["HTTP infer: answers with every output, as its metadata says"],
    ],
  ])("%s", async (_what, corrupt, found) => {
    const report = await checkConformance({ url: await corrupted(corrupt) });
    expect(conforms(report)).toBe(false);
    expect(failed(report)).toEqual(found);
  });
});

test("a server that cannot be reached is reported in one line", async () => {
  const cases = await Promise.all([
    folder.run("conformance", "127.0.0.1:9"),
    folder.run("conformance", "http://127.0.0.1:9"),
    folder.run("conformance", "http://127.0.0.1:9", "--model", "digits"),
  ]);
  expect(cases.map(({ code }) => code)).toEqual([1, 1, 1]);
  expect(cases.map(({ stderr }) => stderr.split("\n")[0])).toEqual([
    'slipway: "127.0.0.1:9" is not the URL of a server',
    expect.stringMatching(/^slipway: http:\/\/127\.0\.0\.1:9: no answer: .*ECONNREFUSED/),
    expect.stringMatching(/^slipway: http:\/\/127\.0\.0\.1:9\/v2: no answer: .*ECONNREFUSED/),
  ]);
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  corrupt: (answer: Answer, path: string) => Answer,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const path = request.url ?? "/";
  const headers = Object.entries(request.headers).filter(
    ([name]) => !["host", "connection", "content-length"].includes(name),
  );
  const answer = await fetch(`${server.url}${path}`, {
    method: request.method ?? "GET",
    headers: headers as [string, string][],
    ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
  });
  const body = Buffer.from(await answer.arrayBuffer());
  const length = answer.headers.get("inference-header-content-length");
  // Only JSON is corrupted; bytes pass unchanged.
  const corrupted = length === null ? corrupt({ status: answer.status, text: body.toString() }, path) : undefined;
  response.writeHead(
    corrupted?.status ?? answer.status,
    length === null ? {} : { "inference-header-content-length": length },
  );
  response.end(corrupted?.text ?? body);
}
