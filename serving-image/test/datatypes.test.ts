import { post } from "./support/client";
import { cleanUp, serve, tiny, type ServerProcess } from "./support/server-process";

let server: ServerProcess;
let url: string;

beforeAll(async () => {
  server = await serve(tiny("echo"));
  url = `${server.url}/v2/models/digits/infer`;
});
afterAll(cleanUp);

// Literal JSON with the extremes of each datatype, some of which a double would round.
const extremes: [string, string, string][] = [
  ["BOOL", "BOOL", "[true,false]"],
  ["UINT8", "UINT8", "[0,255]"],
  ["UINT16", "UINT16", "[0,65535]"],
  ["UINT32", "UINT32", "[0,4294967295]"],
  ["UINT64", "UINT64", "[9007199254740993,18446744073709551615]"],
  ["INT8", "INT8", "[-128,127]"],
  ["INT16", "INT16", "[-32768,32767]"],
  ["INT32", "INT32", "[-2147483648,2147483647]"],
  ["INT64", "INT64", "[-9223372036854775808,9223372036854775807]"],
  ["FLOAT", "FP32", "[-3.4028234663852886e+38,0.10000000149011612]"],
  ["DOUBLE", "FP64", "[-1.7976931348623157e+308,0.1]"],
  ["STRING", "BYTES", '["","1234567890123456789 \\"ü\\""]'],
];

function body(change: Record<string, string> = {}): string {
  const inputs = extremes.map(
    ([name, datatype, data]) =>
      `{"name":"in_${name}","datatype":"${datatype}","shape":[1,2],"data":${change[name] ?? data}}`,
  );
  return `{"inputs":[${inputs.join()}]}`;
}

test("preserves every datatype to the last digit, including integers that a double would round", async () => {
  const text = await (await post(url, body())).text();
  for (const [name, datatype, data] of extremes) {
    expect(text).toContain(`{"name":"out_${name}","datatype":"${datatype}","shape":[1,2],"data":${data}}`);
  }
});

test.each([
  ["BOOL", "[1,0]", /element 0 of data is 1, which is not a valid BOOL/],
  ["UINT8", "[-1,0]", /element 0 of data is -1, which is not a valid UINT8/],
  ["INT8", "[0,128]", /element 1 of data is 128, which is not a valid INT8/],
  ["INT32", "[0,0.5]", /element 1 of data is 0.5, which is not a valid INT32/],
  ["INT64", "[9223372036854775808,0]", /element 0 of data is 9223372036854776000, which is not a valid INT64/],
  ["INT64", "[1e17,0]", /element 0 of data is 100000000000000000, which is not a valid INT64/],
  ["INT64", '["9007199254740993",0]', /element 0 of data is "9007199254740993", which is not a valid INT64/],
  ["UINT64", "[-1,0]", /element 0 of data is -1, which is not a valid UINT64/],
  ["DOUBLE", "[1e400,0]", /element 0 of data is a number beyond 1\.7976931348623157e\+308, which is not a valid FP64/],
  ["STRING", "[1,2]", /element 0 of data is 1, which is not a valid BYTES/],
])("rejects a value out of range for %s: %s", async (name, data, message) => {
  const response = await post(url, body({ [name]: data }));
  expect(await response.json()).toEqual({ error: expect.stringMatching(message) });
  expect(response.status).toBe(400);
});
