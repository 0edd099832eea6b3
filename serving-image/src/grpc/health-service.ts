import { type ServerWritableStream, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { Refusal } from "../core/refusal";
import type { ServingState } from "../model/serving-state";
import type { HealthReply, HealthRequest } from "./messages";
import type { UnaryCalls } from "./unary";

type Watch = ServerWritableStream<HealthRequest, HealthReply>;

const LOOK_MS = 500;

/** `grpc.health.v1.Health`: the server as a whole, and by their names its services. */
export class HealthService {
  private readonly watches = new Set<Watch>();

  constructor(
    private readonly state: ServingState,
    private readonly services: readonly string[],
  ) {}

  implementation(calls: UnaryCalls): UntypedServiceImplementation {
    return {
      Check: calls.answer(({ service }: HealthRequest): HealthReply => {
        const found = this.statusOf(service);
        if (found === "SERVICE_UNKNOWN") throw new Refusal(404, `There is no service "${service.slice(0, 100)}".`);
        return { status: found };
      }),
      Watch: (call: Watch) => this.watch(call),
    };
  }

  /** Ends the streams, which would otherwise keep a server that stops from ending. */
  endWatches(): void {
    for (const call of this.watches) {
      call.emit("error", { code: status.UNAVAILABLE, details: "The server is stopping." });
    }
  }

  private watch(call: Watch): void {
    let last: HealthReply["status"] | undefined;
    const look = (): void => {
      const now = this.statusOf(call.request.service);
      if (now !== last) call.write({ status: now });
      last = now;
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    this.watches.add(call);
    call.on("close", () => this.watches.delete(call)).on("close", () => clearInterval(timer));
    call.on("cancelled", () => call.end());
  }

  private statusOf(service: string): HealthReply["status"] {
    if (service !== "" && !this.services.includes(service)) return "SERVICE_UNKNOWN";
    return this.state.notReadyBecause === undefined ? "SERVING" : "NOT_SERVING";
  }
}
