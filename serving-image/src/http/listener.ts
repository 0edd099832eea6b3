import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type Server,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, Server as TcpServer, type Socket } from "node:net";
import type { HttpConfig } from "../config/settings";
import { type Callback, settleWith } from "../core/callback";
import { HttpError } from "../core/http-error";
import type { Log } from "../core/log";
import { reasonOf, StartUpCode, startUpError, systemCodeOf } from "../core/start-up-error";
import type { UnsentResponses } from "../core/unsent-responses";
import { IncomingRequest } from "./body";
import { chooseCoding, compress } from "./compression";
import { type Handler, type HttpResponse, json } from "./exchange";
import { pathOf } from "./request-target";
import type { Router } from "./router";
import { sendBody } from "./send-body";

/** How long idle connections stay open once the server stops: long enough for a request that is on its way. */
const LINGER_MS = 1000;

const CHECK_EVERY_MS = 1000;

/** Accepts HTTP requests, passes them to their handlers, and stops without losing one. */
export class Listener {
  private readonly server: Server<typeof IncomingRequest>;
  private isClosing = false;
  /** Requests that are being handled, and those whose connection was cut. */
  private open = 0;
  private cut = 0;

  constructor(
    private readonly routes: Router<Handler>,
    private readonly config: HttpConfig,
    private readonly unsent: UnsentResponses,
    private readonly log: Log,
  ) {
    const requestTimeout = config.requestTimeoutSeconds * 1000;
    this.server = createServer(
      {
        IncomingMessage: IncomingRequest,
        maxHeaderSize: config.headerLimitBytes,
        // How late a slow client may be detected.
        connectionsCheckingInterval: CHECK_EVERY_MS,
        requestTimeout,
        // The headers are part of the request, so their timeout cannot be longer.
        headersTimeout: Math.min(config.headersTimeoutSeconds * 1000, requestTimeout),
        keepAliveTimeout: config.keepAliveSeconds * 1000,
      },
      (request, response) => this.respond(request, response),
    );
    this.server.on("clientError", rejectMalformed);
    this.server.on("checkContinue", (request: IncomingRequest, response: ServerResponse) => {
      request.expectContinue(() => response.writeContinue());
      this.respond(request, response);
    });
  }

  /** Resolves with the port. */
  listen(): Promise<number> {
    const { host, port } = this.config;
    return new Promise((resolve, reject) => {
      this.server.once("error", (error) => reject(listenError(host, port, error)));
      this.server.listen(port, host, () => resolve((this.server.address() as AddressInfo).port));
    });
  }

  /**
   * Accepts no new connections, asks open ones to close after their next response, and finishes the open requests. Resolves
   * with the number of requests that it had to cut off.
   */
  async close(timeoutSeconds: number): Promise<number> {
    this.isClosing = true;
    if (!this.server.listening) return 0;
    const closed = new Promise<void>((resolve) => this.server.once("close", resolve));
    // The HTTP server's own close() cuts idle connections at once, and with them requests that are on their way.
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

  private respond(request: IncomingRequest, response: ServerResponse): void {
    this.open++;
    const startedAt = performance.now();
    const callback: Callback<HttpResponse> = {
      resolve: (result) => this.compressAndSend(request, response, result),
      reject: (error) => this.compressAndSend(request, response, this.toErrorResponse(request, error)),
    };
    let result: ReturnType<Handler>;
    try {
      result = this.handle(request, startedAt, callback);
    } catch (error) {
      callback.reject(error);
      return;
    }
    if (result instanceof Promise) settleWith(callback, result);
    else if (result) callback.resolve(result);
  }

  private handle(request: IncomingRequest, startedAt: number, callback: Callback<HttpResponse>): ReturnType<Handler> {
    const url = request.url ?? "/";
    const match = this.routes.match(pathOf(url));
    if (!match) throw new HttpError(404, `Not found: ${url.slice(0, 200)}`);
    const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
    const handler = match.byMethod.get(method);
    if (!handler) throw wrongMethod(method, [...match.byMethod.keys()]);
    return handler({ request, parameters: match.parameters, startedAt }, callback);
  }

  private toErrorResponse(request: IncomingMessage, error: unknown): HttpResponse {
    if (error instanceof HttpError) return json(error.status, { error: error.message }, { ...error.headers });
    this.log.error({ err: error, url: request.url }, "a request failed");
    return json(500, { error: "Internal error; see the server's log." });
  }

  private compressAndSend(request: IncomingRequest, response: ServerResponse, result: HttpResponse): void {
    if (result.body.length < this.config.compressFromBytes) {
      this.send(request, response, result);
      return;
    }
    const varying = { ...result, headers: { ...result.headers, vary: "accept-encoding" } };
    const encoding = chooseCoding(String(request.headers["accept-encoding"] ?? ""));
    if (!encoding) {
      this.send(request, response, varying);
      return;
    }
    const { length } = result.body;
    this.unsent.hold(length);
    void compressResponse(varying, encoding).then((compressed) => {
      this.unsent.release(length);
      this.send(request, response, compressed);
    });
  }

  private send(request: IncomingRequest, response: ServerResponse, result: HttpResponse): void {
    const { status, body, isLatin1 = false, headers } = result;
    const length = isLatin1 ? body.length : Buffer.byteLength(body);
    const lines: OutgoingHttpHeader[] = ["content-length", length];
    let hasContentType = false;
    for (const name in headers) {
      lines.push(name, headers[name] ?? "");
      if (name === "content-type") hasContentType = true;
    }
    if (!hasContentType) lines.push("content-type", "application/json");
    // A client that was not asked for its body may send it or not, so the end of this request is unknown.
    if (this.isClosing || request.awaitsContinue) lines.push("connection", "close");
    response.writeHead(status, lines);
    if (request.method === "HEAD") response.end();
    else {
      const sending = { response, socket: request.socket, unsent: this.unsent };
      sendBody(sending, body, length, isLatin1 ? "latin1" : "utf8");
    }
    this.open--;
  }
}

async function compressResponse(response: HttpResponse, encoding: string): Promise<HttpResponse> {
  const body = await compress(bytesOf(response), encoding);
  return { ...response, body, isLatin1: false, headers: { ...response.headers, "content-encoding": encoding } };
}

function bytesOf({ body, isLatin1 = false }: HttpResponse): Buffer {
  return typeof body === "string" ? Buffer.from(body, isLatin1 ? "latin1" : "utf8") : body;
}

function wrongMethod(method: string, allowed: readonly string[]): HttpError {
  const allow = allowed.flatMap((one) => (one === "GET" ? ["GET", "HEAD"] : [one])).join(", ");
  return new HttpError(405, `${method} is not allowed here; use ${allow}.`, { allow });
}

function listenError(host: string, port: number, error: Error): Error {
  if (systemCodeOf(error) === "EADDRINUSE") {
    const fix =
      "Stop the process that uses it, or set another port (http.port or SLIPWAY_HTTP_PORT; 0 picks a free one).";
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

const MALFORMED_RESPONSES: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large", "The headers are too large."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout", "The request took too long to arrive."],
};

/** Answers a request that is not valid HTTP and closes its connection. */
function rejectMalformed(error: Error, socket: Socket): void {
  if (!socket.writable || systemCodeOf(error) === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const [status, reason, message] = MALFORMED_RESPONSES[systemCodeOf(error) ?? ""] ?? [
    400,
    "Bad Request",
    "The request is not valid HTTP.",
  ];
  const body = JSON.stringify({ error: message });
  const head = `HTTP/1.1 ${status} ${reason}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`;
  socket.end(`${head}connection: close\r\n\r\n${body}`);
}
