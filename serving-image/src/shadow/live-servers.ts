import { lookup } from "node:dns/promises";
import { request } from "node:http";
import { contract } from "../core/contract";
import { isObject } from "../protocol/json";
import { fromWire, type Half } from "./half";

const TIMEOUT_MS = 2000;
const MAX_ANSWER_BYTES = 64 * 2 ** 20;

/** What the live servers know of some requests, and what kept others from saying. */
export interface Told {
  readonly halves: readonly Half[];
  /** How many servers answered. */
  readonly answered: number;
  readonly failures: readonly Error[];
}

/** The servers whose answers users get: every address of one name. */
export class LiveServers {
  private readonly url: URL;

  constructor(live: string, model: string) {
    this.url = new URL(contract.paths.kept.replace("{model}", encodeURIComponent(model)), live);
  }

  get port(): number {
    return Number(this.url.port || 80);
  }

  /** Where they are now. */
  async addresses(): Promise<string[]> {
    // An address of version 6 stands in brackets.
    const host = this.url.hostname.replace(/^\[|\]$/g, "");
    return (await lookup(host, { all: true })).map(({ address }) => address);
  }

  /** Asks each of them: whichever answered a request is the one that knows of it. */
  async ask(ids: readonly string[]): Promise<Told> {
    let addresses: readonly string[];
    try {
      addresses = await this.addresses();
    } catch (error) {
      return { halves: [], answered: 0, failures: [toError(error)] };
    }
    const body = JSON.stringify({ ids });
    const answers = await Promise.allSettled(addresses.map((address) => this.askOne(address, body)));
    return {
      answered: answers.filter(({ status }) => status === "fulfilled").length,
      halves: answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : [])),
      failures: answers.flatMap((answer) => (answer.status === "rejected" ? [toError(answer.reason)] : [])),
    };
  }

  private async askOne(address: string, body: string): Promise<Half[]> {
    const { status, text } = await this.post(address, body);
    if (status !== 200) throw new Error(`${this.url.host} at ${address} answers ${status}: ${text.slice(0, 200)}`);
    const answer: unknown = JSON.parse(text);
    const halves = isObject(answer) && Array.isArray(answer.halves) ? answer.halves.map(fromWire) : [undefined];
    if (halves.includes(undefined)) throw new Error(`${this.url.host} at ${address} answers in another form`);
    return halves.filter((half) => half !== undefined);
  }

  /**
   * A connection of its own for each question: where the name has one address that stands for several servers, each
   * time another of them is asked.
   */
  private post(address: string, body: string): Promise<{ status: number; text: string }> {
    const { host, pathname } = this.url;
    const { port } = this;
    const headers = { host, "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const options = { host: address, port, path: pathname, method: "POST", headers, agent: false };
    return new Promise((resolve, reject) => {
      const asked = request({ ...options, timeout: TIMEOUT_MS }, (answer) => {
        const chunks: Buffer[] = [];
        let length = 0;
        answer.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          length += chunk.length;
          if (length > MAX_ANSWER_BYTES) asked.destroy(new Error(`${host} answers with too much`));
        });
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
        answer.on("error", reject);
      });
      asked.on("timeout", () => asked.destroy(new Error(`${host} does not answer within ${TIMEOUT_MS} ms`)));
      asked.on("error", reject);
      asked.end(body);
    });
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
