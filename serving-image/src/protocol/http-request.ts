import { textOfBody } from "../http/body";
import { badRequest } from "../http/refusal";
import { BinarySection } from "./binary-section";
import type { ModelSignature } from "./datatypes";
import type { InferDraft } from "./infer-draft";
import { readJsonRequest } from "./json-request";
import { readRawRequest } from "./raw-request";

/** Says how many bytes of a body are its JSON, where tensors follow as they are. */
export const JSON_LENGTH_HEADER = "inference-header-content-length";

/**
 * Reads a request that came over HTTP.
 * @param jsonLength what stood in its header Inference-Header-Content-Length, if it had one
 */
export function readHttpRequest(
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
