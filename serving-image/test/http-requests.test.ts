import { once } from "node:events";
import { connect } from "node:net";
import { jsonOf, sendRaw } from "./support/client";
import { requestFor } from "./support/samples";
import { cleanUp, digits, serve, type ServerProcess } from "./support/server-process";

let server: ServerProcess;

beforeAll(async () => {
  server = await serve(digits("1.1.0"), { http: { bodyLimitBytes: 100_000 } });
});
afterAll(cleanUp);

const close = "connection: close\r\n\r\n";

test.each([
  ["the path", "/v2/models/digits/ready"],
  ["the path and a query", "/v2/models/digits/ready?a=http://b"],
  ["the absolute form, as sent to a proxy", "http://other.example:80/v2/models/digits/ready"],
  ["the absolute form in capitals, with a query", "HTTPS://other.example/v2/models/digits/ready?a=/b"],
])("accepts a request target that is %s", async (_what, target) => {
  expect(await sendRaw(server.port, `GET ${target} HTTP/1.1\r\nhost: x\r\n${close}`)).toMatch(
    / 200 OK[^]*"ready":true/,
  );
});

test("answers that it is alive at the root, as KServe's V1 servers do, in either form of the target", async () => {
  const response = await fetch(server.url);
  expect([response.status, await jsonOf(response)]).toEqual([200, { status: "alive" }]);
  for (const target of ["http://x", "http://x?y", "http://x/"]) {
    expect(await sendRaw(server.port, `GET ${target} HTTP/1.1\r\nhost: x\r\n${close}`)).toMatch(/"status":"alive"/);
  }
  expect(await sendRaw(server.port, `GET ftp://x/v2 HTTP/1.1\r\nhost: x\r\n${close}`)).toMatch(/ 404 /);
});

describe("a client that waits for 100 Continue", () => {
  const body = JSON.stringify(requestFor(0));
  const headFor = (path: string, length: number): string =>
    `POST ${path} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: ${length}\r\n\r\n`;

  test("receives it before it sends the body, and the connection stays open", async () => {
    const socket = connect(server.port, "127.0.0.1").setEncoding("latin1");
    let received = "";
    socket.on("data", (text: string) => (received += text));
    const until = async (pattern: RegExp): Promise<void> => {
      while (!pattern.test(received)) await once(socket, "data");
    };
    for (let i = 0; i < 2; i++) {
      received = "";
      socket.write(headFor("/v2/models/digits/infer", body.length));
      await until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
      socket.write(body);
      await until(/HTTP\/1\.1 200 OK[^]*"probabilities"[^]*\]\}\]\}$/);
    }
    socket.destroy();
  });

  test.each([
    ["a body over the limit", "/v2/models/digits/infer", 100_001, 413],
    ["an unknown model", "/v2/models/letters/infer", 10, 404],
    ["an unknown path", "/v3", 10, 404],
    ["a method that is not allowed", "/ready", 10, 405],
  ])("is refused at once for %s, and the connection is closed", async (_what, path, length, status) => {
    const answer = await sendRaw(server.port, headFor(path, length));
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toMatch(/connection: close/i);
  });
});
