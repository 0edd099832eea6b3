import { bytesOf, postBinary, type BinaryAnswer } from "./support/binary";
import { jsonOf } from "./support/client";
import { cleanUp, digits, serve, tiny, type ServerProcess } from "./support/server-process";

let echo: ServerProcess;
let url: string;
const urlOf = ({ url }: ServerProcess): string => `${url}/v2/models/digits/infer`;

beforeAll(async () => {
  echo = await serve(tiny("echo"));
  url = urlOf(echo);
});
afterAll(cleanUp);

const texts = (...list: string[]): Buffer =>
  Buffer.concat(
    list.flatMap((text) => [Buffer.from(Uint32Array.of(Buffer.byteLength(text)).buffer), Buffer.from(text)]),
  );

/** Two elements of each datatype, as bytes and as JSON. */
const elements: [string, string, Buffer, string][] = [
  ["BOOL", "BOOL", Buffer.of(1, 0), "[true,false]"],
  ["UINT8", "UINT8", Buffer.of(0, 255), "[0,255]"],
  ["UINT16", "UINT16", bytesOf(Uint16Array.of(1, 65535)), "[1,65535]"],
  ["UINT32", "UINT32", bytesOf(Uint32Array.of(1, 2 ** 32 - 1)), "[1,4294967295]"],
  [
    "UINT64",
    "UINT64",
    bytesOf(BigUint64Array.of(2n ** 53n + 1n, 2n ** 64n - 1n)),
    "[9007199254740993,18446744073709551615]",
  ],
  ["INT8", "INT8", bytesOf(Int8Array.of(-128, 127)), "[-128,127]"],
  ["INT16", "INT16", bytesOf(Int16Array.of(-32768, 2)), "[-32768,2]"],
  ["INT32", "INT32", bytesOf(Int32Array.of(-(2 ** 31), 3)), "[-2147483648,3]"],
  [
    "INT64",
    "INT64",
    bytesOf(BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n)),
    "[-9223372036854775808,9007199254740993]",
  ],
  ["FLOAT", "FP32", bytesOf(Float32Array.of(-1.5, 0.25)), "[-1.5,0.25]"],
  ["DOUBLE", "FP64", bytesOf(Float64Array.of(0.1, -1e300)), "[0.1,-1e+300]"],
  ["STRING", "BYTES", texts("", "ü and 水"), '["","ü and 水"]'],
];

const input = ([name, datatype]: (typeof elements)[number], content: string): string =>
  `{"name":"in_${name}","datatype":"${datatype}","shape":[1,2],${content}}`;
const sized = (bytes: Buffer): string => `"parameters":{"binary_data_size":${bytes.length}}`;

/** Sends every datatype, each as bytes or as JSON. */
function askFor(isBinary: (i: number) => boolean, more = ""): Promise<BinaryAnswer> {
  const inputs = elements.map((one, i) => input(one, isBinary(i) ? sized(one[2]) : `"data":${one[3]}`));
  return postBinary(
    url,
    `{${more}"inputs":[${inputs.join()}]}`,
    elements.filter((_, i) => isBinary(i)).map(([, , bytes]) => bytes),
  );
}

test("transfers every datatype as bytes in both directions, mixed with JSON", async () => {
  const all = await askFor(() => true, '"parameters":{"binary_data_output":true},');
  for (const [name, datatype, bytes] of elements) {
    expect(all.outputs.get(`out_${name}`)).toEqual({ name: `out_${name}`, datatype, shape: [1, 2], bytes });
  }
  const asked = elements.map(([name], i) => `{"name":"out_${name}","parameters":{"binary_data":${i % 3 === 0}}}`);
  const mixed = await askFor(
    (i) => i % 2 === 0,
    `"parameters":{"binary_data_output":true},"outputs":[${asked.join()}],`,
  );
  for (const [i, [name, , bytes, json]] of elements.entries()) {
    expect(mixed.outputs.get(`out_${name}`)?.bytes).toEqual(i % 3 === 0 ? bytes : undefined);
    if (i % 3 !== 0) expect(mixed.json).toContain(`"name":"out_${name}"`);
    if (i % 3 !== 0) expect(mixed.json).toContain(`"data":${json}`);
  }
  const answer = await askFor(() => true);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(answer.outputs.get("out_INT64")?.bytes).toBeUndefined();
});

test("transfers 16-bit floats as bytes, and the same as JSON", async () => {
  const half = urlOf(await serve(tiny("half")));
  const bytes = bytesOf(Uint16Array.of(0x3c00, 0xc000, 0x7e00));
  const request = (outputs: string): string =>
    `{"inputs":[{"name":"x","datatype":"FP16","shape":[3],${sized(bytes)}}],"outputs":[{"name":"y"${outputs}}]}`;
  const answer = await postBinary(half, request(',"parameters":{"binary_data":true}'), [bytes]);
  expect(answer.outputs.get("y")).toEqual({ name: "y", datatype: "FP16", shape: [3], bytes });
  const { json } = await postBinary(half, request(""), [bytes]);
  expect(json).toContain('"datatype":"FP16","shape":[3],"data":[1,-2,"NaN"]');
});

test("answers with the right bytes beside text that is not ASCII, compressed, and in responses of any length", async () => {
  const server = await serve(digits("1.1.0"), { http: { compressFromBytes: 4000 } });
  const rowsOf = async (rows: number, id: string): Promise<BinaryAnswer> => {
    const pixels = bytesOf(Float32Array.from({ length: rows * 64 }, (_, i) => i % 17));
    const image = `{"name":"image","datatype":"FP32","shape":[${rows},64],${sized(pixels)}}`;
    const more = '"parameters":{"binary_data_output":true},"outputs":[{"name":"probabilities"}]';
    return postBinary(urlOf(server), `{"id":"${id}","inputs":[${image}],${more}}`, [pixels]);
  };
  const plain = (await rowsOf(1, "a")).outputs.get("probabilities")?.bytes;
  expect(plain).toHaveLength(40);
  // With 200 rows the response is compressed; with 600 it is too long to be sent as text, too.
  for (const rows of [1, 200, 600]) {
    for (const id of ["a", "ü and 水"]) {
      const answer = await rowsOf(rows, id);
      expect(JSON.parse(answer.json)).toMatchObject({ id });
      expect(answer.outputs.get("probabilities")?.bytes?.subarray(0, 40)).toEqual(plain);
      expect(answer.headers.get("content-encoding")).toBe(rows === 1 ? null : "gzip");
    }
  }
});

test("accepts a body that consists of the bytes of the only input", async () => {
  const model = urlOf(await serve(digits("1.1.0")));
  const answer = await postBinary(model, "", [bytesOf(new Float32Array(128).fill(3))]);
  expect(answer.outputs.get("label")).toMatchObject({ datatype: "INT64", shape: [2] });
  expect(answer.outputs.get("probabilities")?.bytes).toHaveLength(2 * 10 * 4);
  const text = await postBinary(urlOf(await serve(tiny("text"))), "", [Buffer.from("as it is")]);
  expect(text.outputs.get("y")).toMatchObject({ shape: [1], bytes: texts("as it is") });
  const uneven = await postBinary(model, "", [Buffer.alloc(255)]);
  expect([uneven.status, uneven.json]).toEqual([
    400,
    expect.stringMatching(/needs a multiple of 256 bytes, but has 255/),
  ]);
  const twelve = await postBinary(url, "", [Buffer.alloc(2)]);
  expect([twelve.status, twelve.json]).toEqual([400, expect.stringMatching(/one input, but the model has 12/)]);
});

const one = (parameters: string, more = ""): string =>
  `{"inputs":[{"name":"in_BOOL","datatype":"BOOL","shape":[1,2],"parameters":${parameters}${more}}]}`;
const other = (name: string, datatype: string, size: number): string =>
  `{"inputs":[{"name":"in_${name}","datatype":"${datatype}","shape":[1,2],"parameters":{"binary_data_size":${size}}}]}`;

test.each<[string, string, Buffer, string | undefined, RegExp]>([
  ["a length beyond the body", one("{}"), Buffer.of(), "99999", /Content-Length is \\"99999\\", not a length within/],
  ["a length that is not a number", one("{}"), Buffer.of(), "-1", /Content-Length is \\"-1\\"/],
  ["a length within the JSON", one("{}"), Buffer.of(), "7", /not valid JSON/],
  [
    "a size beyond the body",
    one('{"binary_data_size":3}'),
    Buffer.of(1, 0),
    undefined,
    /is 3, but the body has only 2 bytes left/,
  ],
  ["a negative size", one('{"binary_data_size":-1}'), Buffer.of(), undefined, /binary_data_size is -1, not a whole/],
  [
    "a size that is a string",
    one('{"binary_data_size":"2"}'),
    Buffer.of(1, 0),
    undefined,
    /binary_data_size is \\"2\\"/,
  ],
  ["bytes that belong to no input", one('{"binary_data_size":2}'), Buffer.of(1, 0, 1), undefined, /1 bytes at the end/],
  [
    "data given twice",
    one('{"binary_data_size":2}', ',"data":[true,true]'),
    Buffer.of(1, 0),
    undefined,
    /both data and/,
  ],
  [
    "fewer bytes than the shape",
    one('{"binary_data_size":1}'),
    Buffer.of(1),
    undefined,
    /BOOL needs 2 bytes, but has 1/,
  ],
  ["a BOOL of 2", one('{"binary_data_size":2}'), Buffer.of(1, 2), undefined, /byte 1 is 2, but BOOL is 0 or 1/],
  [
    "a truncated string",
    other("STRING", "BYTES", 9),
    Buffer.concat([texts(""), Buffer.of(2, 0, 0, 0, 65)]),
    undefined,
    /end within element 1/,
  ],
  ["a truncated length", other("STRING", "BYTES", 3), Buffer.of(1, 0, 0), undefined, /end within element 0/],
  ["a missing string", other("STRING", "BYTES", 5), texts("a"), undefined, /needs 2 elements, but the bytes contain 1/],
  [
    "bytes that are not UTF-8",
    other("STRING", "BYTES", 9),
    Buffer.concat([Buffer.of(1, 0, 0, 0, 0xff), texts("")]),
    undefined,
    /element 0 is not valid UTF-8/,
  ],
  ["shared memory", one('{"shared_memory_region":"r"}'), Buffer.of(), undefined, /shared memory is not supported/],
])("rejects %s with a message", async (_what, json, bytes, length, message) => {
  const answer = await postBinary(url, json, [bytes], length);
  expect([answer.status, answer.json]).toEqual([400, expect.stringMatching(message)]);
});

test("rejects binary inputs without the length header, and invalid flags", async () => {
  const refused = async (body: string): Promise<string> => {
    const response = await fetch(url, { method: "POST", body });
    expect(response.status).toBe(400);
    return String((await jsonOf(response)).error);
  };
  expect(await refused(one('{"binary_data_size":2}'))).toMatch(/has no header Inference-Header-Content-Length/);
  expect(await refused('{"inputs":[],"parameters":{"binary_data_output":1}}')).toMatch(/binary_data_output is 1/);
  const output = '{"inputs":[],"outputs":[{"name":"out_BOOL","parameters":';
  expect(await refused(`${output}{"binary_data":"yes"}}]}`)).toMatch(/Output "out_BOOL": binary_data is "yes"/);
  expect(await refused(`${output}{"classification":2}}]}`)).toMatch(/classification is not supported/);
});
