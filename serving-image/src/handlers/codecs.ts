import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { contract } from "../core/contract";
import { badRequest } from "../core/http-error";
import type { HttpResponse } from "../http/exchange";
import type { ServedModel } from "../model/served-model";
import { BinarySection } from "../protocol/binary-section";
import type { ModelSignature } from "../protocol/datatypes";
import type { InferDraft, Prediction } from "../protocol/inference";
import { readInstances } from "../protocol/instances-request";
import { writePredictions } from "../protocol/instances-response";
import { decodeUtf8, isObject, parseJson } from "../protocol/json";
import { readJsonBody, readJsonRequest } from "../protocol/json-request";
import { readRawRequest } from "../protocol/raw-request";

/** The length of the JSON at the start of a body whose tensors follow as bytes. */
const JSON_LENGTH_HEADER = "inference-header-content-length";

/** A request, and how to encode its response. */
interface DecodedRequest {
  readonly draft: InferDraft;
  encode(prediction: Prediction, model: ServedModel): HttpResponse;
}

/** Decodes one of the formats of inference requests over HTTP. */
export type Codec = (body: Buffer, headers: IncomingHttpHeaders, signature: ModelSignature) => DecodedRequest;

/** The Open Inference Protocol: JSON, optionally followed by tensors as bytes. */
export const protocolCodec: Codec = (body, headers, signature) => ({
  draft: decodeProtocol(body, headers[JSON_LENGTH_HEADER], signature),
  encode: encodeProtocol,
});

/** `{"instances": …}`, answered with `{"predictions": …}`. */
export const instancesCodec: Codec = (body, _headers, signature) => {
  const text = decodeUtf8(body);
  return { draft: readInstances(parseJson(text), text, signature), encode: encodeInstances };
};

/** Detects which of the two formats the body has. */
export const detectCodec: Codec = (body, headers, signature) => {
  if (headers[JSON_LENGTH_HEADER] !== undefined) return protocolCodec(body, headers, signature);
  const text = decodeUtf8(body);
  const json = parseJson(text);
  return isObject(json) && Object.hasOwn(json, "instances")
    ? { draft: readInstances(json, text, signature), encode: encodeInstances }
    : { draft: readJsonBody(json, text), encode: encodeProtocol };
};

/** @param jsonLength the header Inference-Header-Content-Length, if there is one */
function decodeProtocol(
  body: Buffer,
  jsonLength: string | string[] | undefined,
  signature: ModelSignature,
): InferDraft {
  if (jsonLength === undefined) return readJsonRequest(decodeUtf8(body));
  const length = /^\d{1,10}$/.test(String(jsonLength)) ? Number(jsonLength) : Infinity;
  if (length > body.length) {
    const shown = String(jsonLength).slice(0, 40);
    throw badRequest(
      `Inference-Header-Content-Length is "${shown}", not a length within the ${body.length} bytes sent.`,
    );
  }
  if (length === 0) return readRawRequest(signature, body);
  return readJsonRequest(decodeUtf8(body, length), new BinarySection(body, length));
}

function encodeProtocol(prediction: Prediction, { responses: answers }: ServedModel): HttpResponse {
  const { json, isAscii, binary } = answers.write(prediction.id, prediction.request, prediction.outputs);
  const headers = headersOf(prediction);
  if (binary.length === 0) return { status: 200, body: json, isLatin1: isAscii, headers };
  const head = isAscii ? json : Buffer.from(json).toString("latin1");
  headers["content-type"] = "application/octet-stream";
  headers[JSON_LENGTH_HEADER] = head.length;
  return { status: 200, ...joinBinary(head, binary), headers };
}

/** Up to this size, a response is sent as text: longer ones gain less from it than its copy costs. */
const TEXT_MAX_BYTES = 16_384;

function joinBinary(head: string, binary: readonly Buffer[]): Pick<HttpResponse, "body" | "isLatin1"> {
  const size = binary.reduce((sum, { length }) => sum + length, head.length);
  if (size > TEXT_MAX_BYTES) return { body: Buffer.concat([Buffer.from(head, "latin1"), ...binary], size) };
  return { body: binary.reduce((text, bytes) => text + bytes.toString("latin1"), head), isLatin1: true };
}

function encodeInstances(prediction: Prediction, { signature }: ServedModel): HttpResponse {
  const body = writePredictions(signature, prediction.request.rows, prediction.outputs);
  return { status: 200, body, headers: headersOf(prediction) };
}

function headersOf({ id, cache }: Prediction): OutgoingHttpHeaders {
  const { predictionId, cache: cacheHeader } = contract.headers;
  return cache === undefined ? { [predictionId]: id } : { [predictionId]: id, [cacheHeader]: cache };
}
