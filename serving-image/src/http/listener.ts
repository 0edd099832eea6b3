import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type Server,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, Server as TcpServer, type Socket } from "node:net";
import type { HttpConfig } from "../config/settings";
import type { Log } from "../core/log";
import { Refusal } from "../core/refusal";
import { type Reply, replyWith } from "../core/reply";
import { reasonOf, StartUpCode, startUpError, systemCodeOf } from "../core/start-up-error";
import { Incoming } from "./body";
import { pack } from "./compression";
import { type Answer, type Handler, json } from "./exchange";
import type { Router } from "./router";

/** How long connections without a request stay open once the server stops: long enough for a request on its way. */
const LINGER_MS = 1000;

const CHECK_EVERY_MS = 1000;

/** Takes requests from the network, hands them to their handlers, and stops without losing one. */
export class Listener {
  private readonly server: Server<typeof Incoming>;
  private isClosing = false;
  /** Requests that are being answered, and those whose connection was cut. */
  private open = 0;
  private cut = 0;

  constructor(
    private readonly routes: Router<Handler>,
    private readonly config: HttpConfig,
    private readonly log: Log,
  ) {
    const requestTimeout = config.requestTimeoutSeconds * 1000;
    this.server = createServer(
      {
        IncomingMessage: Incoming,
        maxHeaderSize: config.headerLimitBytes,
        // How late a client that is too slow may be found out.
        connectionsCheckingInterval: CHECK_EVERY_MS,
        requestTimeout,
        // The headers are a part of the request, so they cannot be given longer.
        headersTimeout: Math.min(config.headersTimeoutSeconds * 1000, requestTimeout),
        keepAliveTimeout: config.keepAliveSeconds * 1000,
      },
      (request, response) => this.answer(request, response),
    );
    this.server.on("clientError", refuseMalformed);
  }

  /** Resolves with the port. */
  listen(): Promise<number> {
    const { host, port } = this.config;
    return new Promise((resolve, reject) => {
      this.server.once("error", (error) => reject(cannotListen(host, port, error)));
      this.server.listen(port, host, () => resolve((this.server.address() as AddressInfo).port));
    });
  }

  /**
   * Takes no new connection, asks those that are open to go elsewhere, finishes every request, and resolves with the
   * number of those it had to cut off.
   */
  async close(timeoutSeconds: number): Promise<number> {
    this.isClosing = true;
    if (!this.server.listening) return 0;
    const closed = new Promise<void>((resolve) => this.server.once("close", resolve));
    // The HTTP server's own close cuts idle connections at once, and with them requests that are already on their way.
    TcpServer.prototype.close.call(this.server);
    const closeIdle = setInterval(() => this.server.closeIdleConnections(), LINGER_MS);
    const deadline = setTimeout(() => this.cutOff(), Math.max(timeoutSeconds * 1000, LINGER_MS));
    await closed;
    clearInterval(closeIdle);
    clearTimeout(deadline);
    return this.cut;
  }

  private cutOff(): void {
    this.cut = this.open;
    this.server.closeAllConnections();
  }

  private answer(request: Incoming, response: ServerResponse): void {
    this.open++;
    const startedAt = performance.now();
    const reply: Reply<Answer> = {
      answered: (answer) => this.compressAndSend(request, response, answer),
      failed: (error) => this.compressAndSend(request, response, this.refuse(request, error)),
    };
    let answer: ReturnType<Handler>;
    try {
      answer = this.handle(request, startedAt, reply);
    } catch (error) {
      reply.failed(error);
      return;
    }
    if (answer instanceof Promise) replyWith(reply, answer);
    else if (answer) reply.answered(answer);
  }

  private handle(request: Incoming, startedAt: number, reply: Reply<Answer>): ReturnType<Handler> {
    const url = request.url ?? "/";
    const query = url.indexOf("?");
    const match = this.routes.match(query < 0 ? url : url.slice(0, query));
    if (!match) throw new Refusal(404, `There is nothing at ${url.slice(0, 200)}.`);
    const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
    const handler = match.byMethod.get(method);
    if (!handler) throw wrongMethod(method, [...match.byMethod.keys()]);
    return handler({ request, parameters: match.parameters, startedAt }, reply);
  }

  private refuse(request: IncomingMessage, error: unknown): Answer {
    if (error instanceof Refusal) return json(error.status, { error: error.message }, { ...error.headers });
    this.log.error({ err: error, url: request.url }, "a request failed");
    return json(500, { error: "The server failed to answer; its log says why." });
  }

  private compressAndSend(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
    if (answer.body.length < this.config.compressFromBytes) this.send(request, response, answer);
    else void compress(request, answer).then((packed) => this.send(request, response, packed));
  }

  private send({ method }: IncomingMessage, response: ServerResponse, answer: Answer): void {
    const { status, body, isAscii = false, headers } = answer;
    const lines: OutgoingHttpHeader[] = ["content-length", isAscii ? body.length : Buffer.byteLength(body)];
    let isTyped = false;
    for (const name in headers) {
      lines.push(name, headers[name] ?? "");
      if (name === "content-type") isTyped = true;
    }
    if (!isTyped) lines.push("content-type", "application/json");
    if (this.isClosing) lines.push("connection", "close");
    response.writeHead(status, lines);
    if (method === "HEAD") response.end();
    else response.end(body, isAscii ? "latin1" : "utf8");
    this.open--;
  }
}

async function compress({ headers: asked }: IncomingMessage, answer: Answer): Promise<Answer> {
  const headers = { ...answer.headers, vary: "accept-encoding" };
  const packed = await pack(Buffer.from(answer.body), String(asked["accept-encoding"] ?? ""));
  if (!packed) return { ...answer, headers };
  return { ...answer, body: packed.body, headers: { ...headers, "content-encoding": packed.encoding } };
}

function wrongMethod(method: string, allowed: readonly string[]): Refusal {
  const allow = allowed.flatMap((one) => (one === "GET" ? ["GET", "HEAD"] : [one])).join(", ");
  return new Refusal(405, `${method} is not possible here; use ${allow}.`, { allow });
}

function cannotListen(host: string, port: number, error: Error): Error {
  if (systemCodeOf(error) === "EADDRINUSE") {
    const fix = "Stop what uses it, or set another port (http.port or SLIPWAY_HTTP_PORT; 0 picks a free one).";
    return startUpError(StartUpCode.PortInUse, "http.port", `port ${port} on ${host} is in use (EADDRINUSE).`, fix);
  }
  const message = `cannot listen on ${host}, port ${port}: ${reasonOf(error)}.`;
  return startUpError(
    StartUpCode.PortRefused,
    "http.host",
    message,
    "Set an address and a port that this user may use.",
  );
}

const MALFORMED: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large", "The headers are too large."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout", "The request took too long to arrive."],
};

/** Answers what is not HTTP, on a connection that then is of no more use. */
function refuseMalformed(error: Error, socket: Socket): void {
  if (!socket.writable || systemCodeOf(error) === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const [status, reason, message] = MALFORMED[systemCodeOf(error) ?? ""] ?? [
    400,
    "Bad Request",
    "The request is not valid HTTP.",
  ];
  const body = JSON.stringify({ error: message });
  const head = `HTTP/1.1 ${status} ${reason}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`;
  socket.end(`${head}connection: close\r\n\r\n${body}`);
}
