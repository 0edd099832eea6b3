import { randomUUID } from "node:crypto";
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isFailedStatus } from "../../../core/contract";
import type { Split } from "../../../strategies/decision";
import type { BusyMachine } from "./cpu-contention";
import type { Faults } from "./fault-injector";
import { GatewayCounts } from "./gateway-counts";
import { Mirrors } from "./mirrors";
import type { Random } from "../random";
import { TrackChooser } from "./track-chooser";
import { USER_HEADER } from "../traffic/users";

/** Says on an answer that a fault asked for made it, so that nobody takes it for a request lost. */
export const FAULT_HEADER = "x-rehearsal-fault";

/** Host whose requests reach the track that is previewed, whatever its weight. */
export const PREVIEW_HOST = "preview.localhost";

/** By this a mirrored request and its original are known as one, as with Envoy. */
const REQUEST_ID = "x-request-id";
const TIMEOUT_MS = 10_000;
const RETRIES = 2;
const RETRY_MS = 25;
const HOP_BY_HOP = ["connection", "keep-alive", "transfer-encoding", "proxy-connection", "upgrade"];

/** What a router is made from. */
export interface RouterOptions {
  /** Port of each track's server, by track name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly split: Split;
  /** Track that can be tried before it has any weight. */
  readonly preview?: string;
  /** Holds each user to a track; without it users go wherever the split sends their next request. */
  readonly salt?: string;
  /** Bounds of the latency histograms, in seconds. */
  readonly bounds: readonly number[];
  /** Path of the requests that are counted: inferences, not feedback. */
  readonly countedPath: string;
  readonly faults: Faults;
  readonly machine: BusyMachine;
  /** Chooses the track of a request. */
  readonly random: Random;
  /** Chooses the requests that are mirrored. */
  readonly mirrorRandom: Random;
}

/** One request on its way through the router. */
interface Passage {
  readonly track: string;
  readonly incoming: IncomingMessage;
  readonly headers: IncomingMessage["headers"];
  readonly outgoing: ServerResponse;
  readonly body: Buffer;
  /** Called when a delay that was put in is over: waiting for a processor during it took no time from the answer. */
  readonly delayed: () => void;
  /** Called once, when the caller has its answer or never will. */
  readonly done: (failed: boolean) => void;
}

/** A reverse proxy in front of the tracks that obeys a split, as the gateway of a mesh does. */
export class Router {
  /** By track name. */
  readonly counts: Readonly<Record<string, GatewayCounts>>;
  readonly mirrors: Mirrors;
  private readonly server: Server;
  private readonly chooser: TrackChooser;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 256 });

  private constructor(private readonly options: RouterOptions) {
    const { ports, faults, machine, bounds } = options;
    this.chooser = new TrackChooser(options.random, options.salt);
    this.counts = Object.fromEntries(Object.keys(ports).map((track) => [track, new GatewayCounts(bounds)]));
    this.mirrors = new Mirrors({ ports, counts: this.counts, faults, machine, random: options.mirrorRandom });
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

  /** From the next request on this split holds; requests on their way stay where they are. */
  setSplit({ weights, mirrors }: Split): void {
    this.chooser.set(weights);
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
    const arrivedAt = performance.now();
    const { machine } = this.options;
    const preview = incoming.headers.host === PREVIEW_HOST ? this.options.preview : undefined;
    const user = incoming.headers[USER_HEADER]?.toString();
    const track = preview ?? this.route(this.chooser.pick(user));
    const counts = this.counts[track] as GatewayCounts;
    const isInference = incoming.url === this.options.countedPath;
    const counted = isInference && preview === undefined;
    let waitedBefore = machine.waited(track);
    let open = true;
    if (counted) counts.routed += 1;
    const delayed = () => {
      waitedBefore = machine.waited(track);
    };
    const done = (failed: boolean) => {
      if (!open) return;
      open = false;
      if (!counted) return;
      const seconds = (performance.now() - arrivedAt) / 1000;
      counts.record(seconds, failed, !machine.spoils(seconds, machine.waited(track) - waitedBefore));
    };
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.once("end", () => {
      const body = Buffer.concat(chunks);
      const headers = {
        [REQUEST_ID]: randomUUID(),
        ...withoutHops(incoming.headers),
        "content-length": `${body.length}`,
      };
      const passage: Passage = { track, incoming, headers, outgoing, body, delayed, done };
      if (!isInference) return this.forward(passage, 0);
      this.passFaults(passage);
      if (counted) this.mirrors.copy({ path: this.options.countedPath, headers, body });
    });
    // A caller that goes away before its answer did not get one.
    outgoing.once("close", () => done(true));
  }

  /** Where a request for a track really goes. */
  private route(track: string): string {
    return this.options.faults.straysFrom(track) ? (Object.keys(this.counts)[0] as string) : track;
  }

  private passFaults(passage: Passage): void {
    const { delayMs, fails } = this.options.faults.effect(passage.track);
    const go = () => (fails ? this.refuse(passage, "a fault put in by the rehearsal", true) : this.forward(passage, 0));
    if (delayMs === 0) return go();
    setTimeout(() => {
      passage.delayed();
      go();
    }, delayMs);
  }

  private forward(passage: Passage, attempt: number): void {
    const { track, incoming, headers, outgoing, body, done } = passage;
    const { method, url } = incoming;
    const upstream = request({
      host: "127.0.0.1",
      port: this.options.ports[track],
      agent: this.agent,
      method,
      path: url,
      headers,
      timeout: TIMEOUT_MS,
    });
    upstream.once("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, withoutHops(answer.headers));
      answer.once("end", () => done(isFailedStatus(answer.statusCode ?? 502)));
      answer.once("error", () => {
        done(true);
        outgoing.destroy();
      });
      answer.pipe(outgoing);
    });
    upstream.once("timeout", () => upstream.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    upstream.once("error", (error: NodeJS.ErrnoException) => {
      if (outgoing.headersSent) outgoing.destroy();
      else if (attempt < RETRIES && neverArrived(error, upstream.reusedSocket)) this.retry(passage, attempt + 1);
      else this.refuse(passage, error.message, this.options.faults.crashed(track));
    });
    upstream.end(body);
  }

  private retry(passage: Passage, attempt: number): void {
    (this.counts[passage.track] as GatewayCounts).retries += 1;
    setTimeout(() => this.forward(passage, attempt), RETRY_MS * attempt);
  }

  private refuse({ outgoing, done }: Passage, why: string, byFault: boolean): void {
    done(true);
    if (outgoing.destroyed) return;
    outgoing.writeHead(503, { "content-type": "application/json", ...(byFault && { [FAULT_HEADER]: "1" }) });
    outgoing.end(JSON.stringify({ error: why }));
  }
}

/** Whether a request surely met no server: no connection, or one kept alive that the other side had just closed. */
function neverArrived(error: NodeJS.ErrnoException, reusedSocket: boolean): boolean {
  return error.code === "ECONNREFUSED" || (reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE"));
}

function withoutHops(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  const kept = { ...headers };
  for (const name of HOP_BY_HOP) delete kept[name];
  return kept;
}
