import { deflateSync, gunzipSync, gzipSync, inflateSync } from "node:zlib";
import { jsonRequest } from "../../protocol/tensor-json";
import { items, Mismatch, type Item } from "../item";
import { mustAgree, outputsOf } from "../outputs";
import { needJson, type Target } from "../target";
import { seen, type HttpReply } from "./client";

/** Packed requests and answers, as Triton's clients send and ask for them. */
export function compressionItems(target: Target): Item[] {
  const { http, path } = target;
  const body = () => {
    needJson(target);
    return Buffer.from(jsonRequest(target.sample().inputs));
  };
  const post = (content: Buffer, headers: Record<string, string>) => http.post(`${path}/infer`, content, headers);
  const agrees = (reply: HttpReply) => {
    mustAgree(outputsOf(unpacked(reply)), target.sample().answer);
    return `${reply.status}, ${reply.headers["content-encoding"] ?? "not packed"}`;
  };
  return items("HTTP", "compression", [
    [
      "Triton",
      "a request packed by gzip",
      async () => agrees(await post(gzipSync(body()), { "content-encoding": "gzip" })),
    ],
    [
      "Triton",
      "a request packed by deflate",
      async () => agrees(await post(deflateSync(body()), { "content-encoding": "deflate" })),
    ],
    [
      "expected",
      "a client that takes gzip can read the answer",
      async () => agrees(await post(body(), { "accept-encoding": "gzip" })),
    ],
    [
      "expected",
      "a client that takes deflate can read the answer",
      async () => agrees(await post(body(), { "accept-encoding": "deflate" })),
    ],
    [
      "expected",
      "a request packed by something unknown is refused",
      async () => refused(await post(body(), { "content-encoding": "x-unknown" })),
    ],
    [
      "expected",
      "a request that is not what its encoding says is refused",
      async () => refused(await post(body(), { "content-encoding": "gzip" })),
    ],
  ]);
}

function unpacked(reply: HttpReply): HttpReply {
  const encoding = reply.headers["content-encoding"];
  if (encoding === "gzip") return { ...reply, body: gunzipSync(reply.body) };
  if (encoding === "deflate") return { ...reply, body: inflateSync(reply.body) };
  return reply;
}

function refused(reply: HttpReply): string {
  if (reply.status < 400 || reply.status >= 500) throw new Mismatch(seen(reply));
  return seen(reply);
}
