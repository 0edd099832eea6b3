import { grpcClient, type GrpcClient } from "./grpc/client";
import { datatypeItems as grpcDatatypeItems } from "./grpc/datatypes";
import { errorItems as grpcErrorItems } from "./grpc/errors";
import { extensionItems as grpcExtensionItems } from "./grpc/extensions";
import { healthItems as grpcHealthItems } from "./grpc/health";
import { inferItems as grpcInferItems } from "./grpc/infer";
import { metadataItems as grpcMetadataItems } from "./grpc/metadata";
import { binaryItems } from "./http/binary";
import { compressionItems } from "./http/compression";
import { datatypeItems } from "./http/datatypes";
import { errorItems } from "./http/errors";
import { extensionItems } from "./http/extensions";
import { healthItems } from "./http/health";
import { inferItems, noInferItems } from "./http/infer";
import { metadataItems } from "./http/metadata";
import { runItems, type Item, type ItemResult } from "./item";
import { findTarget, type Target, type TargetHints } from "./target";

/** The server to check, and hints for it. */
interface ConformanceOptions extends TargetHints {
  readonly url: string;
  /** `host:port`; without it, gRPC is not checked. */
  readonly grpc?: string;
}

/** The results of a check. */
export interface ConformanceReport {
  readonly url: string;
  readonly model: string;
  readonly items: readonly ItemResult[];
  /** Why gRPC was not checked; missing if it was. */
  readonly withoutGrpc?: string;
}

/** Checks a server for every item of the Open Inference Protocol, with requests generated from its metadata. */
export async function checkConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  const target = await findTarget(options.url, options);
  const http = await runItems(httpItems(target));
  const { url } = options;
  if (options.grpc === undefined)
    return { url, model: target.model, items: http, withoutGrpc: "--grpc HOST:PORT is not given" };
  const client = grpcClient(options.grpc);
  if (client === undefined) {
    const withoutGrpc = "it needs packages of the bundled server; run: npm install --save-dev slipway-serving";
    return { url, model: target.model, items: http, withoutGrpc };
  }
  const grpc = await runItems(grpcItems(target, client));
  client.close();
  return { url, model: target.model, items: [...http, ...grpc] };
}

function httpItems(target: Target): Item[] {
  const infer = [inferItems, datatypeItems, errorItems, binaryItems, compressionItems];
  const some = target.hasSample ? infer : [noInferItems];
  return [healthItems, metadataItems, ...some, extensionItems].flatMap((each) => each(target));
}

function grpcItems(target: Target, client: GrpcClient): Item[] {
  const some = target.hasSample ? [grpcInferItems, grpcDatatypeItems, grpcErrorItems] : [];
  return [grpcHealthItems, grpcMetadataItems, ...some, grpcExtensionItems].flatMap((each) => each(target, client));
}

/** Whether the server does everything that the protocol requires. */
export function conforms({ items }: ConformanceReport): boolean {
  return !items.some(({ level, outcome }) => level === "required" && outcome === "fail");
}
