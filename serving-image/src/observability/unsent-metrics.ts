import { Counter, Gauge, type Registry } from "prom-client";
import { contract } from "../core/contract";
import type { UnsentResponses } from "../core/unsent-responses";

const { metrics } = contract;

/** Exports what waits for clients to read it, and what the server did about clients that do not. */
export function registerUnsentMetrics(registry: Registry, unsent: UnsentResponses): void {
  const registers = [registry];
  new Gauge({
    name: metrics.unsentBytes,
    help: "Bytes of responses that clients have not read yet.",
    registers,
    collect() {
      this.set(unsent.bytes);
    },
  });
  new Counter({
    name: metrics.responsesRefused,
    help: "Responses that were not sent, because clients had not read too many others.",
    registers,
    collect() {
      this.reset();
      this.inc(unsent.refused);
    },
  });
  new Counter({
    name: metrics.connectionsClosed,
    help: "Connections that the server closed because their clients did not read, by reason.",
    labelNames: ["reason"],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of unsent.closed) this.inc({ reason }, count);
    },
  });
}
