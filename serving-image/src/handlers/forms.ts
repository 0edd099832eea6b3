import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { contract } from "../core/contract";
import { badRequest } from "../core/refusal";
import type { Answer } from "../http/exchange";
import type { ServedModel } from "../model/served-model";
import { BinarySection } from "../protocol/binary-section";
import type { ModelSignature } from "../protocol/datatypes";
import type { InferDraft, Prediction } from "../protocol/inference";
import { writePredictions } from "../protocol/instances-answer";
import { readInstances } from "../protocol/instances-request";
import { isObject, parseJson, textOfBody } from "../protocol/json";
import { readJsonBody, readJsonRequest } from "../protocol/json-request";
import { readRawRequest } from "../protocol/raw-request";

/** Says how many bytes of a body are its JSON, where tensors follow as they are. */
const JSON_LENGTH_HEADER = "inference-header-content-length";

/** A request, and how it wants its answer. */
export interface Asked {
  readonly draft: InferDraft;
  write(prediction: Prediction, model: ServedModel): Answer;
}

/** One of the forms in which requests for predictions come over HTTP. */
export type Form = (body: Buffer, headers: IncomingHttpHeaders, signature: ModelSignature) => Asked;

/** The Open Inference Protocol: JSON, and tensors as bytes behind it. */
export const protocolForm: Form = (body, headers, signature) => ({
  draft: readHttpRequest(body, headers[JSON_LENGTH_HEADER], signature),
  write: writeProtocol,
});

/** `{"instances": …}`, answered with `{"predictions": …}`. */
export const instancesForm: Form = (body, _headers, signature) => {
  const text = textOfBody(body);
  return { draft: readInstances(parseJson(text), text, signature), write: writeInstances };
};

/** Either of the two, told apart by what the body has. */
export const eitherForm: Form = (body, headers, signature) => {
  if (headers[JSON_LENGTH_HEADER] !== undefined) return protocolForm(body, headers, signature);
  const text = textOfBody(body);
  const json = parseJson(text);
  return isObject(json) && Object.hasOwn(json, "instances")
    ? { draft: readInstances(json, text, signature), write: writeInstances }
    : { draft: readJsonBody(json, text), write: writeProtocol };
};

/**
 * Reads a request that came over HTTP.
 * @param jsonLength what stood in its header Inference-Header-Content-Length, if it had one
 */
function readHttpRequest(
  body: Buffer,
  jsonLength: string | string[] | undefined,
  signature: ModelSignature,
): InferDraft {
  if (jsonLength === undefined) return readJsonRequest(textOfBody(body));
  const length = /^\d{1,10}$/.test(String(jsonLength)) ? Number(jsonLength) : Infinity;
  if (length > body.length) {
    const shown = String(jsonLength).slice(0, 40);
    throw badRequest(
      `Inference-Header-Content-Length is "${shown}", not a length within the ${body.length} bytes sent.`,
    );
  }
  if (length === 0) return readRawRequest(signature, body);
  return readJsonRequest(textOfBody(body.subarray(0, length)), new BinarySection(body.subarray(length)));
}

function writeProtocol(prediction: Prediction, { answers }: ServedModel): Answer {
  const { json, isAscii, binary } = answers.write(prediction.id, prediction.request, prediction.outputs);
  const headers = headersOf(prediction);
  if (binary.length === 0) return { status: 200, body: json, isAscii, headers };
  const head = Buffer.from(json);
  return {
    status: 200,
    body: Buffer.concat([head, ...binary]),
    headers: { ...headers, "content-type": "application/octet-stream", [JSON_LENGTH_HEADER]: head.length },
  };
}

function writeInstances(prediction: Prediction, { signature }: ServedModel): Answer {
  const body = writePredictions(signature, prediction.request.rows, prediction.outputs);
  return { status: 200, body, headers: headersOf(prediction) };
}

function headersOf({ id, cache }: Prediction): OutgoingHttpHeaders {
  const { predictionId, cache: cacheHeader } = contract.headers;
  return cache === undefined ? { [predictionId]: id } : { [predictionId]: id, [cacheHeader]: cache };
}
