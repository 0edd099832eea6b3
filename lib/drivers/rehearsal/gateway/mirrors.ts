import { Agent, request, type IncomingHttpHeaders } from "node:http";
import { isFailedStatus } from "../../../core/contract";
import type { Weights } from "../../../strategies/decision";
import type { BusyMachine } from "./cpu-contention";
import type { Faults } from "./fault-injector";
import type { GatewayCounts } from "./gateway-counts";
import type { Random } from "../random";

/** A track that does not keep up gets no more copies than this at a time; the rest are dropped. */
const MOST_OUTSTANDING = 64;
/** What Envoy writes behind the host of a copy, by which a server knows one. */
const COPY_SUFFIX = "-shadow";
const TIMEOUT_MS = 10_000;

/** A request of which a copy may be made. */
export interface MirroredRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What mirrors are made from. */
export interface MirrorOptions {
  /** Port of each track's server, by track name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, GatewayCounts>>;
  readonly faults: Faults;
  readonly machine: BusyMachine;
  readonly random: Random;
}

/**
 * Sends copies of requests to tracks whose answers nobody sees. The users' own requests never wait for a copy: copies
 * have connections of their own, are bounded in number, and whatever becomes of them is counted and dropped.
 */
export class Mirrors {
  /** Copies that were not sent because too many were still on their way. */
  dropped = 0;
  private shares: readonly (readonly [track: string, percent: number])[] = [];
  private readonly agent = new Agent({ keepAlive: true, maxSockets: MOST_OUTSTANDING });

  constructor(private readonly options: MirrorOptions) {}

  set(mirrors: Weights = {}): void {
    this.shares = Object.entries(mirrors).filter(([, percent]) => percent > 0);
  }

  /** Copies a request to each mirror whose turn it is. */
  copy(original: MirroredRequest): void {
    for (const [track, percent] of this.shares) {
      if (this.options.random() * 100 >= percent) continue;
      if (this.countsOf(track).inFlight >= MOST_OUTSTANDING) this.dropped += 1;
      else this.send(track, original);
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private send(track: string, original: MirroredRequest): void {
    const counts = this.countsOf(track);
    const { faults, machine } = this.options;
    const { delayMs, fails } = faults.effect(track);
    const sentAt = performance.now();
    let waitedBefore = 0;
    let open = true;
    counts.routed += 1;
    const done = (failed: boolean) => {
      if (!open) return;
      open = false;
      const seconds = (performance.now() - sentAt) / 1000;
      counts.record(seconds, failed, !machine.spoils(seconds, machine.waited(track) - waitedBefore));
    };
    setTimeout(() => {
      // Waiting for a processor during a delay that was put in took no time from the answer.
      waitedBefore = machine.waited(track);
      if (fails) done(true);
      else this.forward(track, original, done);
    }, delayMs);
  }

  private forward(track: string, { path, headers, body }: MirroredRequest, done: (failed: boolean) => void): void {
    const { agent } = this;
    const copy = request({
      host: "127.0.0.1",
      port: this.options.ports[track],
      agent,
      method: "POST",
      path,
      headers: { ...headers, host: `${headers.host ?? ""}${COPY_SUFFIX}` },
      timeout: TIMEOUT_MS,
    });
    copy.once("response", (answer) => {
      answer.once("end", () => done(isFailedStatus(answer.statusCode ?? 502)));
      answer.once("error", () => done(true));
      answer.resume();
    });
    copy.once("timeout", () => copy.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    copy.once("error", () => done(true));
    copy.end(body);
  }

  private countsOf(track: string): GatewayCounts {
    return this.options.counts[track] as GatewayCounts;
  }
}
