import { deflateSync, gunzipSync, gzipSync, inflateSync } from "node:zlib";
import { jsonRequest } from "../../protocol/tensor-json";
import { items, Mismatch, type Item } from "../item";
import { mustAgree, outputsOf } from "../outputs";
import { requireJson, type Target } from "../target";
import { describeReply, type HttpReply } from "./client";

/** Compressed requests and answers, as Triton's clients send and accept them. */
export function compressionItems(target: Target): Item[] {
  const { http, path } = target;
  const body = () => {
    requireJson(target);
    return Buffer.from(jsonRequest(target.sample().inputs));
  };
  const post = (content: Buffer, headers: Record<string, string>) => http.post(`${path}/infer`, content, headers);
  const agrees = (reply: HttpReply) => {
    mustAgree(outputsOf(decompressed(reply)), target.sample().answer);
    return `${reply.status}, ${reply.headers["content-encoding"] ?? "not compressed"}`;
  };
  return items("HTTP", "compression", [
    [
      "Triton",
      "a request compressed with gzip",
      async () => agrees(await post(gzipSync(body()), { "content-encoding": "gzip" })),
    ],
    [
      "Triton",
      "a request compressed with deflate",
      async () => agrees(await post(deflateSync(body()), { "content-encoding": "deflate" })),
    ],
    [
      "expected",
      "a client that accepts gzip can read the answer",
      async () => agrees(await post(body(), { "accept-encoding": "gzip" })),
    ],
    [
      "expected",
      "a client that accepts deflate can read the answer",
      async () => agrees(await post(body(), { "accept-encoding": "deflate" })),
    ],
    [
      "expected",
      "a request with an unknown encoding is rejected",
      async () => refused(await post(body(), { "content-encoding": "x-unknown" })),
    ],
    [
      "expected",
      "a request that does not match its encoding is rejected",
      async () => refused(await post(body(), { "content-encoding": "gzip" })),
    ],
  ]);
}

function decompressed(reply: HttpReply): HttpReply {
  const encoding = reply.headers["content-encoding"];
  if (encoding === "gzip") return { ...reply, body: gunzipSync(reply.body) };
  if (encoding === "deflate") return { ...reply, body: inflateSync(reply.body) };
  return reply;
}

function refused(reply: HttpReply): string {
  if (reply.status < 400 || reply.status >= 500) throw new Mismatch(describeReply(reply));
  return describeReply(reply);
}
