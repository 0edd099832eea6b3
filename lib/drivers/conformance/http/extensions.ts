import { items, Mismatch, type Item } from "../item";
import type { Target } from "../target";
import { jsonOf, describeReply, successOf, type HttpReply } from "./client";

/** What Triton's clients and its load generator require beyond the protocol. */
export function extensionItems({ http, path, model }: Target): Item[] {
  return items("HTTP", "extensions", [
    [
      "Triton",
      "model_configuration: /config",
      async () => member(successOf(await http.get(`${path}/config`)), "name", model),
    ],
    ["Triton", "statistics: /stats of the model", async () => statistics(await http.get(`${path}/stats`), model)],
    ["Triton", "statistics: /stats of all models", async () => statistics(await http.get("/v2/models/stats"), model)],
    ["Triton", "model_repository: /index", async () => index(await http.post("/v2/repository/index", "{}"), model)],
    ["Triton", "trace: /v2/trace/setting", async () => offered(await http.get("/v2/trace/setting"))],
    ["Triton", "logging: /v2/logging", async () => offered(await http.get("/v2/logging"))],
    ["Triton", "system_shared_memory: /status", async () => offered(await http.get("/v2/systemsharedmemory/status"))],
    [
      "KServe",
      "the first protocol: /v1/models/M",
      async () => offered(await http.get(`/v1/models/${encodeURIComponent(model)}`)),
    ],
  ]);
}

function offered(reply: HttpReply): string {
  successOf(reply);
  return describeReply(reply);
}

function member(body: Record<string, unknown>, name: string, expected: string): string {
  if (body[name] !== expected) throw new Mismatch(`${name} is ${JSON.stringify(body[name])}`);
  return JSON.stringify(body);
}

function statistics(reply: HttpReply, model: string): string {
  const { model_stats: list } = successOf(reply) as { model_stats?: { name?: string; inference_count?: unknown }[] };
  const own = list?.find(({ name }) => name === model);
  if (own?.inference_count === undefined) throw new Mismatch(describeReply(reply));
  return `inference_count ${String(own.inference_count)}`;
}

function index(reply: HttpReply, model: string): string {
  successOf(reply);
  const list = jsonOf(reply) as unknown as { name?: string; state?: string }[];
  const own = Array.isArray(list) ? list.find(({ name }) => name === model) : undefined;
  if (own === undefined) throw new Mismatch(describeReply(reply));
  return JSON.stringify(own);
}
