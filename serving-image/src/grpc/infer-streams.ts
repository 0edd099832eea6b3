import { once } from "node:events";
import { type ServerDuplexStream, status } from "@grpc/grpc-js";
import type { Log } from "../core/log";
import type { InferMessage, InferReply, StreamReply } from "./messages";
import { toServiceError } from "./status";

export type InferCall = ServerDuplexStream<InferMessage, StreamReply>;

/** Concurrent requests of one stream; no more are read until one of them is answered. */
const MAX_OPEN = 64;

/** Answers streams of requests, each in the order of its requests. */
export class InferStreams {
  private readonly streams = new Set<InferStream>();

  constructor(private readonly log: Log) {}

  /** Requests that have not been answered yet. */
  get open(): number {
    return [...this.streams].reduce((sum, { open }) => sum + open, 0);
  }

  serve(call: InferCall, infer: (request: InferMessage) => Promise<InferReply>): void {
    const stream = new InferStream(call, (request) => this.answer(request, infer));
    this.streams.add(stream);
    call.on("close", () => this.streams.delete(stream)).on("cancelled", () => this.streams.delete(stream));
  }

  /** Answers the requests that have arrived, then ends every stream, which would otherwise keep the server from stopping. */
  stop(): void {
    for (const stream of this.streams) stream.stop();
  }

  private async answer(
    request: InferMessage,
    infer: (request: InferMessage) => Promise<InferReply>,
  ): Promise<StreamReply> {
    try {
      return { error_message: "", infer_response: await infer(request) };
    } catch (error) {
      const { id, model_name } = request;
      const { details = "" } = toServiceError(error, "ModelStreamInfer", this.log);
      return { error_message: details, infer_response: { id, model_name } };
    }
  }
}

class InferStream {
  open = 0;
  private last: Promise<void> = Promise.resolve();
  private isStopping = false;

  constructor(
    private readonly call: InferCall,
    private readonly answer: (request: InferMessage) => Promise<StreamReply>,
  ) {
    call.on("data", (request: InferMessage) => this.accept(request));
    call.on("end", () => void this.last.then(() => call.end()));
  }

  stop(): void {
    this.isStopping = true;
    this.call.pause();
    const ending = { code: status.UNAVAILABLE, details: "The server is stopping." };
    void this.last.then(() => this.call.emit("error", ending));
  }

  private accept(request: InferMessage): void {
    if (++this.open === MAX_OPEN) this.call.pause();
    const answer = this.answer(request);
    this.last = this.last.then(async () => this.write(await answer));
  }

  private async write(reply: StreamReply): Promise<void> {
    if (this.call.cancelled) return;
    // If the client disconnects meanwhile, there is nothing left to do.
    if (!this.call.write(reply)) await once(this.call, "drain").catch(() => undefined);
    if (this.open-- === MAX_OPEN && !this.isStopping) this.call.resume();
  }
}
