import { Agent, request, type IncomingHttpHeaders } from "node:http";

/** An answer as the caller got it. */
export interface CallAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The router gives up long before; a machine that is busy throughout must not make it look as if nobody had answered. */
const TIMEOUT_MS = 60_000;

/** Sends JSON to the router over connections that are kept open, as a client of the service would. */
export class Caller {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 256 });

  constructor(
    private readonly port: number,
    /** Headers of every request besides those that say what it is. */
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** Gives the answer, or `undefined` when there is none at all. */
  post(path: string, body: Buffer, headers: Readonly<Record<string, string>> = {}): Promise<CallAnswer | undefined> {
    return this.send("POST", path, body, headers);
  }

  /** The same with PUT. */
  put(path: string, body: Buffer): Promise<CallAnswer | undefined> {
    return this.send("PUT", path, body, {});
  }

  /** The same with GET, and no body. */
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
