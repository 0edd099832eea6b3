/** Calls ModelInfer as fast as it is answered, one call at a time over each connection: ADDRESS CONNECTIONS SECONDS */
import { credentials, loadPackageDefinition, type ServiceClientConstructor } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { digitsTensor } from "./request";

const [address = "", connections = "1", seconds = "1"] = process.argv.slice(2);
const { inference } = loadPackageDefinition(
  loadSync("serving-image/proto/inference.proto", { keepCase: true, arrays: true }),
) as unknown as { inference: { GRPCInferenceService: ServiceClientConstructor } };

const message = {
  model_name: "digits",
  inputs: [{ name: "image", datatype: "FP32", shape: [1, 64] }],
  raw_input_contents: [digitsTensor()],
};

async function main(): Promise<void> {
  const clients = Array.from(
    { length: Number(connections) },
    () =>
      new inference.GRPCInferenceService(address, credentials.createInsecure(), {
        "grpc.use_local_subchannel_pool": 1,
      }),
  );
  const startedAt = performance.now();
  const until = startedAt + Number(seconds) * 1000;
  const times: number[] = [];
  let failed = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < until) {
        const since = performance.now();
        const isAnswered = await new Promise((resolve) => {
          client.ModelInfer?.(message, (error: unknown) => resolve(!error));
        });
        times.push(performance.now() - since);
        if (!isAnswered) failed++;
      }
      client.close();
    }),
  );
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  const took = (performance.now() - startedAt) / 1000;
  const result = { requests: times.length, seconds: took, failed, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

void main();
