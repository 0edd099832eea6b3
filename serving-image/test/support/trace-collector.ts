import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code?: number };
}

interface Attributes {
  readonly attributes: ReceivedSpan["attributes"];
}

/** Receives traces over HTTP, like an OpenTelemetry collector. */
export class TraceCollector {
  readonly spans: ReceivedSpan[] = [];
  readonly resources: Attributes[] = [];
  /** Its URL, which stays set after it is closed. */
  url = "";
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        if (request.url === "/v1/traces") this.receive(JSON.parse(Buffer.concat(chunks).toString()));
        response.writeHead(200, { "content-type": "application/json" }).end("{}");
      });
    });
  }

  static async open(): Promise<TraceCollector> {
    const collector = new TraceCollector();
    collector.server.listen(0, "127.0.0.1");
    await once(collector.server, "listening");
    collector.url = `http://127.0.0.1:${(collector.server.address() as AddressInfo).port}`;
    return collector;
  }

  /** Waits until there are so many spans. */
  async waitForSpans(count: number): Promise<readonly ReceivedSpan[]> {
    while (this.spans.length < count) await new Promise((resolve) => setTimeout(resolve, 10));
    return this.spans;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private receive(sent: { resourceSpans: { resource: Attributes; scopeSpans: { spans: ReceivedSpan[] }[] }[] }): void {
    for (const { resource, scopeSpans } of sent.resourceSpans) {
      this.resources.push(resource);
      this.spans.push(...scopeSpans.flatMap(({ spans }) => spans));
    }
  }
}
