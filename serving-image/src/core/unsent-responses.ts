import { contract } from "./contract";
import { HttpError } from "./http-error";
import type { Log } from "./log";

/** How much may wait for clients to read it; the defaults are those of the settings. */
interface UnsentLimits {
  readonly sendTimeoutSeconds: number;
  readonly maxUnsentBytes: number;
  readonly maxUnsentBytesPerConnection: number;
}

/** The connection of a client, such as a socket. */
export interface ClientConnection {
  /** Grows while the client reads. */
  readonly bytesWritten: number;
  destroy(): void;
}

/** Identifies a connection: itself, or the address of the client. */
type ConnectionKey = ClientConnection | string;

/** Why the server closed a connection: nothing was read for too long, or others needed the memory. */
const CLOSE_REASONS = ["send_timeout", "unsent_limit"] as const;
type CloseReason = (typeof CLOSE_REASONS)[number];

/** What waits for one client. */
interface Waiting {
  readonly connection: ClientConnection;
  bytes: number;
  /** `bytesWritten` when it last changed, and when that was noticed, by `performance.now()`. */
  bytesWritten: number;
  progressAt: number;
  /** When a part was sent. A client may also keep its connection busy without reading its responses. */
  sentAt: number;
}

/** Smaller responses are never refused: errors, probes and most predictions are sent while others wait. */
const ALWAYS_SENT_BYTES = 16_384;
/** A client that has read nothing for so long makes room for others. */
const STALLED_MS = 500;
const CHECK_EVERY_MS = 1000;
/** At most one line of the log in this time is about closed connections. */
const LOG_EVERY_MS = 10_000;

/** Responses that clients have not read yet. Bounds their memory, and closes the connections of clients that do not read. */
export class UnsentResponses {
  /** Connections that were closed, by reason. */
  readonly closed = new Map<CloseReason, number>(CLOSE_REASONS.map((reason) => [reason, 0]));
  /** Responses that were refused because too many others wait. */
  refused = 0;
  /** Bytes of all connections. */
  bytes = 0;
  private readonly waiting = new Map<ConnectionKey, Waiting>();
  private timer: NodeJS.Timeout | undefined;
  private loggedAt = -Infinity;
  private closedSinceLogged = 0;

  constructor(
    private readonly limits: UnsentLimits,
    private readonly log: Log,
  ) {}

  /** Throws if there is no room for a response. Closes connections whose clients do not read, if that makes room. */
  makeRoom(key: ConnectionKey, bytes: number): void {
    if (bytes <= ALWAYS_SENT_BYTES) return;
    const { maxUnsentBytes, maxUnsentBytesPerConnection } = this.limits;
    const own = this.waiting.get(key)?.bytes ?? 0;
    if (own > 0 && own + bytes > maxUnsentBytesPerConnection) {
      throw this.refuse(`this client has not read ${own} bytes of earlier responses`, "maxUnsentBytesPerConnection");
    }
    if (this.bytes + bytes <= maxUnsentBytes) return;
    this.closeStalled(this.bytes + bytes - maxUnsentBytes);
    if (this.bytes === 0 || this.bytes + bytes <= maxUnsentBytes) return;
    throw this.refuse(`clients have not read ${this.bytes} bytes of other responses`, "maxUnsentBytes");
  }

  /** Counts bytes that were passed to a connection. */
  add(key: ConnectionKey, connection: ClientConnection, bytes: number): void {
    this.bytes += bytes;
    const known = this.waiting.get(key);
    if (known) {
      known.bytes += bytes;
      return;
    }
    const { bytesWritten } = connection;
    const now = performance.now();
    this.waiting.set(key, { connection, bytes, bytesWritten, progressAt: now, sentAt: now });
    this.timer ??= setInterval(() => this.check(), CHECK_EVERY_MS).unref();
  }

  /** Counts bytes that are not passed to a connection yet, such as those of a body that is being compressed. */
  hold(bytes: number): void {
    this.bytes += bytes;
  }

  release(bytes: number): void {
    this.bytes -= bytes;
  }

  /** Bytes of a connection have been passed to the operating system. */
  sent(key: ConnectionKey, bytes: number): void {
    const found = this.waiting.get(key);
    if (!found) return;
    if (found.bytes <= bytes) {
      this.forget(key);
      return;
    }
    found.bytes -= bytes;
    found.sentAt = performance.now();
    this.bytes -= bytes;
  }

  /** A connection is closed; nothing waits for it any more. */
  forget(key: ConnectionKey): void {
    this.bytes -= this.waiting.get(key)?.bytes ?? 0;
    this.waiting.delete(key);
    if (this.waiting.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private refuse(reason: string, setting: keyof UnsentLimits): HttpError {
    this.refused++;
    const message = `The response cannot be sent: ${reason} (responses.${setting}).`;
    return new HttpError(contract.codes.overloaded, message, { "retry-after": "1" });
  }

  /** Closes connections on which nothing was read, the longest first, until so many bytes are free. */
  private closeStalled(needed: number): void {
    const now = performance.now();
    const timeout = this.limits.sendTimeoutSeconds * 1000;
    const isStalled = (one: Waiting): boolean => idleFor(one, now) >= STALLED_MS || now - one.sentAt >= timeout;
    const stalled = [...this.waiting].filter(([, waiting]) => isStalled(waiting));
    stalled.sort(([, a], [, b]) => a.progressAt - b.progressAt);
    for (let free = 0; free < needed && stalled.length > 0;) {
      const [key, waiting] = stalled.shift() ?? [];
      if (key === undefined || !waiting) return;
      free += waiting.bytes;
      this.close(key, waiting, "unsent_limit");
    }
  }

  private check(): void {
    const now = performance.now();
    if (this.bytes > this.limits.maxUnsentBytes) this.closeStalled(this.bytes - this.limits.maxUnsentBytes);
    for (const [key, waiting] of this.waiting) {
      if (idleFor(waiting, now) >= this.limits.sendTimeoutSeconds * 1000) this.close(key, waiting, "send_timeout");
    }
  }

  private close(key: ConnectionKey, { connection, bytes }: Waiting, reason: CloseReason): void {
    this.forget(key);
    this.closed.set(reason, (this.closed.get(reason) ?? 0) + 1);
    this.closedSinceLogged++;
    const now = performance.now();
    if (now - this.loggedAt >= LOG_EVERY_MS) {
      const fields = { reason, connections: this.closedSinceLogged, unsentBytes: bytes, allUnsentBytes: this.bytes };
      this.log.warn(fields, "closed a connection whose client does not read its responses");
      [this.loggedAt, this.closedSinceLogged] = [now, 0];
    }
    connection.destroy();
  }
}

/** How long nothing was read, in milliseconds. */
function idleFor(waiting: Waiting, now: number): number {
  const { bytesWritten } = waiting.connection;
  if (bytesWritten !== waiting.bytesWritten) [waiting.bytesWritten, waiting.progressAt] = [bytesWritten, now];
  return now - waiting.progressAt;
}
