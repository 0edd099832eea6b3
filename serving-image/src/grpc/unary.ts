import type { handleUnaryCall, ServerUnaryCall } from "@grpc/grpc-js";
import type { Log } from "../core/log";
import { errorOf } from "./status";

/** Answers calls of one message with one message, and knows how many are open. */
export class UnaryCalls {
  private count = 0;

  constructor(private readonly log: Log) {}

  /** Calls that have not been answered yet. */
  get open(): number {
    return this.count;
  }

  answer<Q, A>(answer: (request: Q, call: ServerUnaryCall<Q, A>) => A | Promise<A>): handleUnaryCall<Q, A> {
    return async (call, callback) => {
      this.count++;
      try {
        callback(null, await answer(call.request, call));
      } catch (error) {
        callback(errorOf(error, call.getPath(), this.log));
      } finally {
        this.count--;
      }
    };
  }
}
