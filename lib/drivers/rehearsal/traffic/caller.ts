import { Agent, request, type IncomingHttpHeaders } from "node:http";

/** An answer as the caller received it. */
export interface CallAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Much longer than the router's timeout, so that a busy machine does not look like a missing answer. */
const TIMEOUT_MS = 60_000;

/** Sends JSON over connections that are kept open, as a client of the service would. */
export class Caller {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 256 });

  constructor(
    private readonly port: number,
    /** Additional headers of every request. */
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** Resolves with the answer, or with `undefined` if there is none. */
  post(path: string, body: Buffer, headers: Readonly<Record<string, string>> = {}): Promise<CallAnswer | undefined> {
    return this.send("POST", path, body, headers);
  }

  put(path: string, body: Buffer): Promise<CallAnswer | undefined> {
    return this.send("PUT", path, body, {});
  }

  get(path: string): Promise<CallAnswer | undefined> {
    return this.send("GET", path, Buffer.alloc(0), {});
  }

  private send(
    method: string,
    path: string,
    body: Buffer,
    headers: Readonly<Record<string, string>>,
  ): Promise<CallAnswer | undefined> {
    return new Promise((resolve) => {
      const call = request({
        host: "127.0.0.1",
        port: this.port,
        agent: this.agent,
        method,
        path,
        headers: { "content-type": "application/json", "content-length": body.length, ...this.headers, ...headers },
        timeout: TIMEOUT_MS,
      });
      call.once("timeout", () => call.destroy());
      call.once("error", () => resolve(undefined));
      call.once("response", (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.once("error", () => resolve(undefined));
        response.once("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      });
      call.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
