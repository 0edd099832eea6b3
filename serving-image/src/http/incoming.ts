import { IncomingMessage } from "node:http";

/** Gets each part of a body as it arrives, and `null` at its end. */
type BodyTaker = (part: Buffer | null) => void;

/**
 * A request whose body can be had as the parser finds it. A stream that keeps it until somebody reads takes a tenth of the
 * server's time for each request (npm run bench:serving), and nothing here reads slower than the parser.
 */
export class Incoming extends IncomingMessage {
  private taker: BodyTaker | undefined;
  private hasBegun = false;

  /** To be called in the turn in which the request has arrived, before its body. */
  takeBody(taker: BodyTaker): void {
    if (this.hasBegun) throw new Error("The body has begun to arrive already.");
    this.taker = taker;
    // Says that somebody reads it: else the HTTP server, once it has answered, sees to it that the rest is read.
    this._read(0);
  }

  override push(part: Buffer | null, encoding?: BufferEncoding): boolean {
    this.hasBegun = true;
    if (!this.taker) return super.push(part, encoding);
    this.taker(part);
    return true;
  }
}
