import { items, Mismatch, type Item } from "../item";
import type { Target } from "../target";
import { HEALTH, okOf, refusedCall, type GrpcClient } from "./client";
import { known } from "./messages";

/** Whether the server and its model are alive and ready. */
export function healthItems({ model, version }: Target, client: GrpcClient): Item[] {
  const isTrue = async (method: string, request: object, member: string) => {
    const answer = okOf(await client.call(method, request));
    if (answer[member] !== true) throw new Mismatch(JSON.stringify(answer));
    return `${member}: true`;
  };
  return items("gRPC", "health", [
    ["required", "ServerLive", () => isTrue("ServerLive", {}, "live")],
    ["required", "ServerReady", () => isTrue("ServerReady", {}, "ready")],
    ["required", "ModelReady", () => isTrue("ModelReady", { name: model }, "ready")],
    [
      version === undefined ? "expected" : "required",
      "ModelReady of a version",
      () => isTrue("ModelReady", { name: model, version: known(version) }, "ready"),
    ],
    [
      "required",
      "ModelReady of an unknown model: false, or an error",
      async () => {
        const reply = await client.call("ModelReady", { name: "no-such-model-here" });
        if (reply.code !== "OK") return refusedCall(reply);
        if (reply.answer["ready"] === true) throw new Mismatch("ready: true");
        return "ready: false";
      },
    ],
    [
      "expected",
      "grpc.health.v1.Health/Check",
      async () => {
        const { status } = okOf(await client.call("Check", { service: "" }, { service: HEALTH }));
        if (status !== "SERVING") throw new Mismatch(String(status));
        return "SERVING";
      },
    ],
  ]);
}
