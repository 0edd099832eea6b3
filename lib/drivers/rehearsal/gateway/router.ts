import { randomUUID } from "node:crypto";
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { formatDuration } from "../../../core/format";
import type { Split } from "../../../strategies/decision";
import type { Random } from "../../../core/random";
import { USER_HEADER } from "../traffic/users";
import type { CpuContention } from "./cpu-contention";
import type { FaultInjector } from "./fault-injector";
import { GatewayCounts } from "./gateway-counts";
import { Mirrors } from "./mirrors";
import { CALLER_GONE, NO_RESPONSE, resultOf, TIMED_OUT, type RequestResult } from "./request-result";
import { TrackChooser } from "./track-chooser";
import { UserBuckets } from "./user-buckets";

/** Marks an answer that an injected fault produced, so that it does not count as a lost request. */
export const FAULT_HEADER = "x-rehearsal-fault";

/** Requests to this host reach the previewed track, whatever its weight. */
export const PREVIEW_HOST = "preview.localhost";

/** A mirrored request has the same id as its original, as with Envoy. */
const REQUEST_ID = "x-request-id";
const TIMEOUT_MS = 10_000;
const RETRIES = 2;
const RETRY_MS = 25;
const HOP_BY_HOP = ["connection", "keep-alive", "transfer-encoding", "proxy-connection", "upgrade"];

/** How a router is opened. */
interface RouterOptions {
  /** Port of each track's server, by track name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly split: Split;
  /** Track that can be reached before it has any weight. */
  readonly preview?: string;
  /** Makes users sticky; without it, every request of a user is routed by the split. */
  readonly salt?: string;
  /** Bounds of the latency histograms, in seconds. */
  readonly bounds: readonly number[];
  /** Path of the requests that are counted: inferences, not feedback. */
  readonly countedPath: string;
  readonly faults: FaultInjector;
  readonly contention: CpuContention;
  /** Chooses the track of a request. */
  readonly random: Random;
  /** Chooses the requests that are mirrored. */
  readonly mirrorRandom: Random;
}

/** A request on its way through the router. */
interface RoutedRequest {
  readonly track: string;
  readonly incoming: IncomingMessage;
  readonly headers: IncomingMessage["headers"];
  readonly outgoing: ServerResponse;
  readonly body: Buffer;
  /** Called when an injected delay is over. */
  readonly delayed: () => void;
  /** Called when the caller has an answer, or will not get one; only the first call counts. */
  readonly done: (result: RequestResult) => void;
}

/** A reverse proxy in front of the tracks that follows a split, as the gateway of a service mesh does. */
export class Router {
  /** By track name. */
  readonly counts: Readonly<Record<string, GatewayCounts>>;
  readonly mirrors: Mirrors;
  private readonly server: Server;
  private readonly chooser: TrackChooser;
  private readonly userBuckets: UserBuckets | undefined;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 256 });

  private constructor(private readonly options: RouterOptions) {
    const { ports, faults, contention, bounds } = options;
    this.chooser = new TrackChooser(options.random, options.salt);
    this.userBuckets = options.salt === undefined ? undefined : new UserBuckets(options.salt);
    this.counts = Object.fromEntries(Object.keys(ports).map((track) => [track, new GatewayCounts(bounds)]));
    this.mirrors = new Mirrors({ ports, counts: this.counts, faults, contention, random: options.mirrorRandom });
    this.setSplit(options.split);
    this.server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => this.accept(incoming, outgoing));
  }

  /** Opens a router on a free port. */
  static async open(options: RouterOptions): Promise<Router> {
    const router = new Router(options);
    await new Promise<void>((resolve, reject) => {
      router.server.once("error", reject);
      router.server.listen(0, "127.0.0.1", resolve);
    });
    return router;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Applies a split from the next request on; requests in flight stay on their track. */
  setSplit({ weights, mirrors }: Split): void {
    this.chooser.set(weights);
    this.userBuckets?.onSplitChange(weights);
    this.mirrors.set(mirrors);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    this.agent.destroy();
    this.mirrors.close();
    await closed;
  }

  private accept(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const preview = incoming.headers.host === PREVIEW_HOST ? this.options.preview : undefined;
    const user = incoming.headers[USER_HEADER]?.toString();
    const track = preview ?? this.route(user);
    const isInference = incoming.url === this.options.countedPath;
    const isCounted = isInference && preview === undefined;
    const { delayed, done } = this.count(track, isCounted);
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.once("end", () => {
      const body = Buffer.concat(chunks);
      const headers = {
        [REQUEST_ID]: randomUUID(),
        ...withoutHopByHopHeaders(incoming.headers),
        ...(isCounted && user !== undefined && this.userBuckets?.headersOf(user)),
        "content-length": `${body.length}`,
      };
      const routed: RoutedRequest = { track, incoming, headers, outgoing, body, delayed, done };
      if (!isInference) return this.forward(routed, 0);
      this.injectFaults(routed);
      if (isCounted) this.mirrors.copy({ path: this.options.countedPath, headers, body });
    });
    // After a complete answer, this changes nothing.
    outgoing.once("close", () => done(CALLER_GONE));
  }

  /** Counts and times a request from its arrival to its end. */
  private count(track: string, isCounted: boolean): Pick<RoutedRequest, "delayed" | "done"> {
    const timer = this.options.contention.startTimer(track);
    const counts = this.counts[track] as GatewayCounts;
    let open = true;
    if (isCounted) counts.routed += 1;
    const done = (result: RequestResult) => {
      if (open && isCounted) counts.record(timer.stop(), result);
      open = false;
    };
    return { delayed: () => timer.ignoreWaitingSoFar(), done };
  }

  /** Chooses a track by the split; a fault may misroute the request to the first track. */
  private route(user: string | undefined): string {
    const track = this.chooser.pick(user);
    return this.options.faults.misroutes(track) ? (Object.keys(this.counts)[0] as string) : track;
  }

  private injectFaults(routed: RoutedRequest): void {
    const { delayMs, fails } = this.options.faults.effect(routed.track);
    const proceed = () =>
      fails ? this.respondError(routed, 503, "a fault injected by the rehearsal", true) : this.forward(routed, 0);
    if (delayMs === 0) return proceed();
    setTimeout(() => {
      routed.delayed();
      proceed();
    }, delayMs);
  }

  private forward(routed: RoutedRequest, attempt: number): void {
    const { track, incoming, headers, outgoing, body, done } = routed;
    const { method, url } = incoming;
    const { ports, faults } = this.options;
    const upstream = request({
      host: "127.0.0.1",
      port: ports[track],
      agent: this.agent,
      method,
      path: url,
      headers,
      timeout: TIMEOUT_MS,
    });
    upstream.once("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, withoutHopByHopHeaders(answer.headers));
      answer.once("end", () => done(resultOf(answer.statusCode ?? 502)));
      answer.once("error", () => {
        done(NO_RESPONSE);
        outgoing.destroy();
      });
      answer.pipe(outgoing);
    });
    upstream.once("timeout", () => {
      done(TIMED_OUT);
      upstream.destroy(new TimeoutError(`no answer within ${formatDuration(TIMEOUT_MS / 1000)}`));
    });
    upstream.once("error", (error: NodeJS.ErrnoException) => {
      const { message } = error;
      const canRetry = attempt < RETRIES && !outgoing.headersSent && wasNeverReceived(error, upstream.reusedSocket);
      if (canRetry) return this.retry(routed, attempt + 1);
      done(NO_RESPONSE);
      if (outgoing.headersSent) outgoing.destroy();
      else this.respondError(routed, error instanceof TimeoutError ? 504 : 503, message, faults.crashed(track));
    });
    upstream.end(body);
  }

  private retry(routed: RoutedRequest, attempt: number): void {
    (this.counts[routed.track] as GatewayCounts).retries += 1;
    setTimeout(() => this.forward(routed, attempt), RETRY_MS * attempt);
  }

  private respondError({ outgoing, done }: RoutedRequest, status: number, reason: string, byFault: boolean): void {
    done(resultOf(status));
    if (outgoing.destroyed) return;
    outgoing.writeHead(status, { "content-type": "application/json", ...(byFault && { [FAULT_HEADER]: "1" }) });
    outgoing.end(JSON.stringify({ error: reason }));
  }
}

class TimeoutError extends Error {}

/** Whether a request certainly reached no server: no connection, or one kept alive that the server had just closed. */
function wasNeverReceived(error: NodeJS.ErrnoException, reusedSocket: boolean): boolean {
  return error.code === "ECONNREFUSED" || (reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE"));
}

function withoutHopByHopHeaders(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  const kept = { ...headers };
  for (const name of HOP_BY_HOP) delete kept[name];
  return kept;
}
