import { items, Mismatch, type Item } from "../item";
import type { Target } from "../target";
import { okOf, type GrpcAnswer, type GrpcClient } from "./client";
import { member } from "./messages";

/** What Triton's clients and its load generator require beyond the protocol. */
export function extensionItems({ model }: Target, client: GrpcClient): Item[] {
  const listed = (list: unknown) => {
    const own = (list as GrpcAnswer[]).find(({ name }) => name === model);
    if (own === undefined) throw new Mismatch(JSON.stringify(list));
    return `lists ${model}`;
  };
  return items("gRPC", "extensions", [
    [
      "Triton",
      "ModelConfig",
      async () =>
        member(okOf(await client.call("ModelConfig", { name: model }))["config"] as GrpcAnswer, "name", model),
    ],
    [
      "Triton",
      "ModelStatistics",
      async () => listed(okOf(await client.call("ModelStatistics", { name: model }))["model_stats"]),
    ],
    ["Triton", "RepositoryIndex", async () => listed(okOf(await client.call("RepositoryIndex", {}))["models"])],
  ]);
}
