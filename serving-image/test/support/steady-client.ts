import { connect, type Socket } from "node:net";
import { requestFor } from "./samples";

/**
 * One kept connection on which request follows request until the server asks to close it, as a router's does.
 * A request is lost if the connection ends before its answer is there.
 */
export class SteadyClient {
  answered = 0;
  lost = 0;
  /** Settles once the connection is closed. */
  readonly closed: Promise<void>;
  private readonly socket: Socket;
  private text = "";
  private isWaiting = false;

  constructor(port: number) {
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

  private ask(): void {
    const body = JSON.stringify(requestFor(this.answered));
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
    this.text = "";
    this.isWaiting = false;
    if (head.startsWith("HTTP/1.1 200")) this.answered++;
    else this.lost++;
    if (/connection: close/i.test(head)) this.socket.end();
    else this.ask();
  }
}
