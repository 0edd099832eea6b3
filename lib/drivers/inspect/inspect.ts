import { spawnSync } from "node:child_process";
import { CONTRACT } from "../../core/contract";
import { DriverError } from "../common/driver-error";
import type { LogLine } from "../serve/local-server";
import { serveModel, type Serving } from "../serve/serve";
import type { ServedModel } from "../serve/served-model";
import type { Inspection, ModelFile, ServingDecisions } from "./inspection";

export interface InspectOptions {
  /** Path of the program that the image runs. */
  readonly program: string;
  readonly model: ServedModel;
  /** Path of the model file. */
  readonly file: string;
  /** The server's settings file. */
  readonly config?: string;
}

/** Describes a model file, and what the bundled server decides when it loads it: the server is started, and stopped again. */
export async function inspectModel(options: InspectOptions, signal: AbortSignal): Promise<Inspection> {
  const model = describeFile(options);
  try {
    return { model, serving: await observeServer(options, signal) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DriverError)) throw error;
    return { model, refused: [error.message, ...error.details].join(" ") };
  }
}

function describeFile({ program, file }: InspectOptions): ModelFile {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "inspect", file], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status === 0) return JSON.parse(stdout) as ModelFile;
  throw new DriverError(stderr.trim().replace(/^slipway-serving: /, ""));
}

/** The line that the server logs when its model is warm. */
type WarmUpLine = LogLine & Pick<ServingDecisions, "computesIn" | "reason" | "runSeconds">;

async function observeServer(options: InspectOptions, signal: AbortSignal): Promise<ServingDecisions> {
  const { program, model, config } = options;
  const stop = new AbortController();
  let warmUp: WarmUpLine = {};
  let observed: Promise<ServingDecisions> | undefined;
  await serveModel(
    {
      program,
      model,
      host: "127.0.0.1",
      port: 0,
      grpcPort: 0,
      onLine: (line) => {
        if (line.msg === "model warmed up" || line.msg === "model not measured") warmUp = line;
      },
      ...(config !== undefined && { config }),
    },
    AbortSignal.any([signal, stop.signal]),
    (serving) => {
      observed = decisionsOf(serving, model, warmUp);
      void observed.then(
        () => stop.abort(),
        () => stop.abort(),
      );
    },
  );
  signal.throwIfAborted();
  return (await observed) ?? Promise.reject(new DriverError("the server ended before its model was ready"));
}

interface StatisticsReply {
  readonly model_stats: readonly {
    readonly batching?: { readonly max_rows: number; readonly decided_by: string; readonly reason: string };
  }[];
}

async function decisionsOf(serving: Serving, { name }: ServedModel, warmUp: WarmUpLine): Promise<ServingDecisions> {
  const { url, curl } = serving;
  const modelUrl = `${url}/v2/models/${encodeURIComponent(name)}`;
  const [statistics] = ((await (await fetch(`${modelUrl}/stats`)).json()) as StatisticsReply).model_stats;
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const { max_rows: maxRows = 1, decided_by: decidedBy = "", reason: why = "" } = statistics?.batching ?? {};
  const { computesIn, reason, runSeconds } = warmUp;
  return {
    outputs: serving.outputs.map(({ name, datatype, shape }) => ({ name, type: datatype, shape })),
    batching: { maxRows, decidedBy, reason: why },
    ...(computesIn !== undefined && { computesIn }),
    ...(reason !== undefined && { reason }),
    ...(runSeconds !== undefined && { runSeconds }),
    memoryBytes: Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1] ?? NaN),
    // The address of a server that is started with the usual port.
    ...(curl !== undefined && { curl: curl.replaceAll(url, `http://127.0.0.1:${CONTRACT.ports.http}`) }),
  };
}
