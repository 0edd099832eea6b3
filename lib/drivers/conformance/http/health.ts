import { items, Mismatch, NotOffered, type Item } from "../item";
import type { Target } from "../target";
import { jsonOf, describeReply, type HttpReply } from "./client";

const UNKNOWN = "/v2/models/no-such-model-here";

/** Whether the server and its model are alive and ready. */
export function healthItems({ http, path, version }: Target): Item[] {
  const ready = async (url: string) => isTrue(await http.get(url));
  return items("HTTP", "health", [
    ["required", "the server is live", () => ready("/v2/health/live")],
    ["required", "the server is ready", () => ready("/v2/health/ready")],
    ["required", "the model is ready", () => ready(`${path}/ready`)],
    ["required", "an unknown model is not ready", async () => isFalse(await http.get(`${UNKNOWN}/ready`))],
    [
      version === undefined ? "expected" : "required",
      "a version of the model is ready",
      () => ready(`${path}/versions/${needed(version)}/ready`),
    ],
    [
      "expected",
      "an unknown version is not ready",
      async () => isFalse(await http.get(`${path}/versions/98765/ready`)),
    ],
    [
      "KServe",
      'live and ready are also reported as JSON, {"live": true}',
      async () => {
        const live = await http.get("/v2/health/live");
        if (live.body.length === 0) throw new NotOffered("an empty body");
        const ready = await http.get("/v2/health/ready");
        if (jsonOf(live)["live"] !== true) throw new Mismatch(describeReply(live));
        // The protocol's text shows "live" for both.
        if (jsonOf(ready)["ready"] !== true && jsonOf(ready)["live"] !== true) throw new Mismatch(describeReply(ready));
        return `${describeReply(live)} ${describeReply(ready)}`;
      },
    ],
  ]);
}

/** The version that items about versions need. */
export function needed(version: string | undefined): string {
  if (version === undefined) throw new NotOffered("the metadata lists no versions");
  return encodeURIComponent(version);
}

function isTrue(reply: HttpReply): string {
  if (reply.status !== 200) throw new Mismatch(describeReply(reply));
  return describeReply(reply);
}

function isFalse(reply: HttpReply): string {
  if (reply.status < 400 || (reply.status >= 500 && reply.status !== 503)) throw new Mismatch(describeReply(reply));
  return describeReply(reply);
}
