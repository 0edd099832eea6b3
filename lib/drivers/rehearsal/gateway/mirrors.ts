import { Agent, request, type IncomingHttpHeaders } from "node:http";
import type { Weights } from "../../../strategies/decision";
import type { Random } from "../../../core/random";
import type { CpuContention } from "./cpu-contention";
import type { FaultInjector } from "./fault-injector";
import type { GatewayCounts } from "./gateway-counts";
import { NO_RESPONSE, resultOf, TIMED_OUT, type RequestResult } from "./request-result";

/** Copies in flight to one track; further ones are dropped. */
const MAX_OUTSTANDING = 64;
/** Envoy appends this to the host of a mirrored request, and servers recognize copies by it. */
const COPY_SUFFIX = "-shadow";
const TIMEOUT_MS = 10_000;

/** A request that may be mirrored. */
interface MirroredRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What mirrors need of the rest of the rehearsal. */
interface MirrorOptions {
  /** Port of each track's server, by track name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, GatewayCounts>>;
  readonly faults: FaultInjector;
  readonly contention: CpuContention;
  readonly random: Random;
}

/**
 * Sends copies of requests to tracks and discards the answers. The users' own requests never wait for a copy: copies have
 * connections of their own, are bounded in number, and their results are only counted.
 */
export class Mirrors {
  /** Copies that were not sent because too many were in flight. */
  dropped = 0;
  private shares: readonly (readonly [track: string, percent: number])[] = [];
  private readonly agent = new Agent({ keepAlive: true, maxSockets: MAX_OUTSTANDING });

  constructor(private readonly options: MirrorOptions) {}

  set(mirrors: Weights = {}): void {
    this.shares = Object.entries(mirrors).filter(([, percent]) => percent > 0);
  }

  /** Copies a request to each mirror with the probability of the mirror's share. */
  copy(original: MirroredRequest): void {
    for (const [track, percent] of this.shares) {
      if (this.options.random() * 100 >= percent) continue;
      if (this.countsOf(track).inFlight >= MAX_OUTSTANDING) this.dropped += 1;
      else this.send(track, original);
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private send(track: string, original: MirroredRequest): void {
    const counts = this.countsOf(track);
    const { faults, contention } = this.options;
    const { delayMs, fails } = faults.effect(track);
    const timer = contention.startTimer(track);
    let open = true;
    counts.routed += 1;
    const done = (result: RequestResult) => {
      if (!open) return;
      open = false;
      counts.record(timer.stop(), result);
    };
    setTimeout(() => {
      timer.ignoreWaitingSoFar();
      if (fails) done(resultOf(503));
      else this.forward(track, original, done);
    }, delayMs);
  }

  private forward(
    track: string,
    { path, headers, body }: MirroredRequest,
    done: (result: RequestResult) => void,
  ): void {
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
      answer.once("end", () => done(resultOf(answer.statusCode ?? 502)));
      answer.once("error", () => done(NO_RESPONSE));
      answer.resume();
    });
    copy.once("timeout", () => {
      done(TIMED_OUT);
      copy.destroy();
    });
    copy.once("error", () => done(NO_RESPONSE));
    copy.end(body);
  }

  private countsOf(track: string): GatewayCounts {
    return this.options.counts[track] as GatewayCounts;
  }
}
