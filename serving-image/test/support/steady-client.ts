import { connect, type Socket } from "node:net";
import { requestFor } from "./samples";

/** Whether the answer to the request with this number is correct. */
export type Check = (request: number, body: string) => boolean;

/**
 * Sends one request after the other over a keep-alive connection, like a router, until the server asks to close it. A request
 * is lost if the connection ends before its answer, or if the answer is an error.
 */
export class SteadyClient {
  answered = 0;
  lost = 0;
  /** Incorrect answers. */
  wrong = 0;
  /** Settles once the connection is closed. */
  readonly closed: Promise<void>;
  private readonly socket: Socket;
  private text = "";
  private isWaiting = false;
  private isOver = false;

  constructor(
    port: number,
    private readonly isCorrect: Check = () => true,
    private readonly requests = Infinity,
  ) {
    this.socket = connect(port, "127.0.0.1", () => this.ask());
    this.socket.setEncoding("latin1");
    this.socket.on("data", (chunk: string) => this.receive(chunk));
    this.socket.on("error", () => undefined);
    this.closed = new Promise((resolve) =>
      this.socket.on("close", () => {
        if (this.isWaiting) this.lost++;
        resolve();
      }),
    );
  }

  /** Closes the connection after the last answer. */
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

  private receive(chunk: string): void {
    this.text += chunk;
    const end = this.text.indexOf("\r\n\r\n");
    const length = Number(/content-length: (\d+)/i.exec(this.text)?.[1]);
    if (end < 0 || this.text.length < end + 4 + length) return;
    const head = this.text.slice(0, end);
    const body = this.text.slice(end + 4);
    this.text = "";
    this.isWaiting = false;
    if (!head.startsWith("HTTP/1.1 200")) this.lost++;
    else if (this.isCorrect(this.answered, body)) this.answered++;
    else this.wrong++;
    if (this.isOver || /connection: close/i.test(head)) this.socket.end();
    else this.ask();
  }
}
