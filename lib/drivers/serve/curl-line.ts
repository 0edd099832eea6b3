import { ELEMENT_BYTES, fitsJson, isDatatype, type Tensor, type TensorSpec } from "../protocol/tensor";
import { jsonRequest } from "../protocol/tensor-json";

/** More elements than this would make the line too long to paste. */
const MAX_ELEMENTS = 256;

/** A shell command that asks a model for a prediction, with curl, and with `head` for large tensors. */
interface CurlLine {
  readonly line: string;
  /** The same request, to be sent from this process. */
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** The command for one request. Large tensors, and those that JSON cannot represent, are sent as bytes and must be all zeros. */
export function curlLine(url: string, inputs: readonly Tensor[], outputs: readonly TensorSpec[]): CurlLine {
  const asBytes = outputs.some(({ datatype }) => !fitsJson(datatype)) ? { binary_data_output: true } : undefined;
  const more = asBytes ? { parameters: asBytes } : {};
  const save = asBytes ? " --output answer.bin" : "";
  const elements = inputs.reduce((sum, input) => sum + input.elements.length, 0);
  if (elements <= MAX_ELEMENTS && inputs.every(({ datatype }) => fitsJson(datatype))) {
    const body = jsonRequest(inputs, more);
    const headers = { "content-type": "application/json" };
    return {
      line: `curl -s ${url} -H 'Content-Type: application/json' -d ${quoted(body)}${save}`,
      body: Buffer.from(body),
      headers,
    };
  }
  const size = ({ datatype, elements: { length } }: Tensor) =>
    isDatatype(datatype) ? ELEMENT_BYTES[datatype] * length : 0;
  const zeros = inputs.reduce((sum, input) => sum + size(input), 0);
  const head = JSON.stringify({
    ...more,
    inputs: inputs.map((input) => ({
      name: input.name,
      datatype: input.datatype,
      shape: input.shape,
      parameters: { binary_data_size: size(input) },
    })),
  });
  const length = String(Buffer.byteLength(head));
  return {
    line:
      `{ printf '%s' ${quoted(head)}; head -c ${zeros} /dev/zero; } | ` +
      `curl -s ${url} -H 'Inference-Header-Content-Length: ${length}' --data-binary @-${save}`,
    body: Buffer.concat([Buffer.from(head), Buffer.alloc(zeros)]),
    headers: { "inference-header-content-length": length, "content-type": "application/octet-stream" },
  };
}

/** Quotes a text for the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
