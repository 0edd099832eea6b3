/** An output of a response; `bytes` is only set if it is binary. */
interface BinaryOutput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly bytes?: Buffer;
}

export interface BinaryAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: string;
  readonly outputs: ReadonlyMap<string, BinaryOutput>;
}

export const bytesOf = (data: ArrayBufferView): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** Sends JSON followed by tensors. The length header is that of the JSON, unless another length is passed. */
export async function postBinary(
  url: string,
  json: string,
  tensors: readonly Buffer[],
  length = String(Buffer.byteLength(json)),
): Promise<BinaryAnswer> {
  const response = await fetch(url, {
    method: "POST",
    body: Buffer.concat([Buffer.from(json), ...tensors]),
    headers: { "inference-header-content-length": length },
  });
  return readAnswer(response, Buffer.from(await response.arrayBuffer()));
}

function readAnswer({ status, headers }: Response, body: Buffer): BinaryAnswer {
  const length = Number(headers.get("inference-header-content-length") ?? body.length);
  const json = body.toString("utf8", 0, length);
  const outputs = new Map<string, BinaryOutput>();
  let at = length;
  for (const { parameters, ...output } of JSON.parse(json).outputs ?? []) {
    const size = parameters?.binary_data_size;
    outputs.set(output.name, size === undefined ? output : { ...output, bytes: body.subarray(at, at + size) });
    at += size ?? 0;
  }
  if (at !== body.length) throw new Error(`${body.length - at} bytes of the answer belong to no output.`);
  return { status, headers, json, outputs };
}
