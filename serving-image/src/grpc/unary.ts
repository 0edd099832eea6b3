import type { handleUnaryCall, ServerUnaryCall } from "@grpc/grpc-js";
import type { Log } from "../core/log";
import { toServiceError } from "./status";

/** Answers unary calls, and counts the open ones. */
export class UnaryCalls {
  private count = 0;

  constructor(private readonly log: Log) {}

  /** The number of calls that are not answered yet. */
  get open(): number {
    return this.count;
  }

  /** Counts a call that is answered elsewhere; the function that it returns counts its answer. */
  track(): () => void {
    this.count++;
    return () => this.count--;
  }

  answer<Q, A>(answer: (request: Q, call: ServerUnaryCall<Q, A>) => A | Promise<A>): handleUnaryCall<Q, A> {
    return async (call, callback) => {
      this.count++;
      try {
        callback(null, await answer(call.request, call));
      } catch (error) {
        callback(toServiceError(error, call.getPath(), this.log));
      } finally {
        this.count--;
      }
    };
  }
}
