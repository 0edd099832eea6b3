import { connect, type Socket } from "node:net";
import { requestFor } from "./samples";

/** Whether the answer to the request of this number is what it should be. */
export type Check = (request: number, body: string) => boolean;

/**
 * One kept connection on which request follows request until the server asks to close it, as a router's does.
 * A request is lost if the connection ends before its answer is there, or if it is answered with an error.
 */
export class SteadyClient {
  answered = 0;
  lost = 0;
  /** Answers that were not what they should be. */
  wrong = 0;
  /** Settles once the connection is closed. */
  readonly closed: Promise<void>;
  private readonly socket: Socket;
  private text = "";
  private isWaiting = false;
  private isOver = false;

  constructor(
    port: number,
    private readonly isRight: Check = () => true,
    private readonly requests = Infinity,
  ) {
    this.socket = connect(port, "127.0.0.1", () => this.ask());
    this.socket.setEncoding("latin1");
    this.socket.on("data", (chunk: string) => this.take(chunk));
    this.socket.on("error", () => undefined);
    this.closed = new Promise((resolve) =>
      this.socket.on("close", () => {
        if (this.isWaiting) this.lost++;
        resolve();
      }),
    );
  }

  /** Sends no more once the last answer is there. */
  end(): Promise<void> {
    this.isOver = true;
    return this.closed;
  }

  private ask(): void {
    const body = JSON.stringify(requestFor(this.answered % this.requests));
    this.isWaiting = true;
    this.socket.write(
      `POST /v2/models/digits/infer HTTP/1.1\r\nhost: test\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }

  private take(chunk: string): void {
    this.text += chunk;
    const end = this.text.indexOf("\r\n\r\n");
    const length = Number(/content-length: (\d+)/i.exec(this.text)?.[1]);
    if (end < 0 || this.text.length < end + 4 + length) return;
    const head = this.text.slice(0, end);
    const body = this.text.slice(end + 4);
    this.text = "";
    this.isWaiting = false;
    if (!head.startsWith("HTTP/1.1 200")) this.lost++;
    else if (this.isRight(this.answered, body)) this.answered++;
    else this.wrong++;
    if (this.isOver || /connection: close/i.test(head)) this.socket.end();
    else this.ask();
  }
}
