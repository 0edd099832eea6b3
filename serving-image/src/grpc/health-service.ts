import { type ServerWritableStream, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { HttpError } from "../core/http-error";
import type { ServingState } from "../model/serving-state";
import type { HealthReply, HealthRequest } from "./messages";
import type { UnaryCalls } from "./unary";

type WatchCall = ServerWritableStream<HealthRequest, HealthReply>;

const POLL_MS = 500;

/** `grpc.health.v1.Health`, for the server as a whole and for each service by name. */
export class HealthService {
  private readonly watches = new Set<WatchCall>();

  constructor(
    private readonly state: ServingState,
    private readonly services: readonly string[],
  ) {}

  implementation(calls: UnaryCalls): UntypedServiceImplementation {
    return {
      Check: calls.answer(({ service }: HealthRequest): HealthReply => {
        const found = this.statusOf(service);
        if (found === "SERVICE_UNKNOWN") throw new HttpError(404, `Unknown service "${service.slice(0, 100)}".`);
        return { status: found };
      }),
      Watch: (call: WatchCall) => this.watch(call),
    };
  }

  /** Ends the open streams, which would otherwise keep the server from stopping. */
  endWatches(): void {
    for (const call of this.watches) {
      call.emit("error", { code: status.UNAVAILABLE, details: "The server is stopping." });
    }
  }

  private watch(call: WatchCall): void {
    let last: HealthReply["status"] | undefined;
    const poll = (): void => {
      const now = this.statusOf(call.request.service);
      if (now !== last) call.write({ status: now });
      last = now;
    };
    poll();
    const timer = setInterval(poll, POLL_MS);
    this.watches.add(call);
    call.on("close", () => this.watches.delete(call)).on("close", () => clearInterval(timer));
    call.on("cancelled", () => call.end());
  }

  private statusOf(service: string): HealthReply["status"] {
    if (service !== "" && !this.services.includes(service)) return "SERVICE_UNKNOWN";
    return this.state.notReadyReason === undefined ? "SERVING" : "NOT_SERVING";
  }
}
