import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { contract } from "../contract";
import { textOfBody } from "../http/body";
import type { Answer } from "../http/exchange";
import type { ServedModel } from "../model/model-version";
import type { ModelSignature } from "../protocol/datatypes";
import { JSON_LENGTH_HEADER, readHttpRequest } from "../protocol/http-request";
import type { InferDraft } from "../protocol/infer-draft";
import { writePredictions } from "../protocol/instances-answer";
import { readInstances } from "../protocol/instances-request";
import { isObject, parseJson } from "../protocol/json";
import { readJsonBody } from "../protocol/json-request";
import type { Prediction } from "./prediction";

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
