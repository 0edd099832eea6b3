import { lookup } from "node:dns/promises";
import { request } from "node:http";
import { contract } from "../core/contract";
import { isObject } from "../protocol/json";
import { fromWire, type PredictionRecord } from "./prediction-record";

const TIMEOUT_MS = 2000;
const MAX_ANSWER_BYTES = 64 * 2 ** 20;

/** The records of the live servers for some requests, and the errors of servers that could not be polled. */
interface LiveAnswers {
  readonly records: readonly PredictionRecord[];
  /** How many servers answered. */
  readonly answered: number;
  readonly failures: readonly Error[];
}

/** The servers whose answers users receive: all addresses of one DNS name. */
export class LiveServers {
  private readonly url: URL;

  constructor(live: string, model: string) {
    this.url = new URL(contract.paths.kept.replace("{model}", encodeURIComponent(model)), live);
  }

  get port(): number {
    return Number(this.url.port || 80);
  }

  /** The current addresses. */
  async addresses(): Promise<string[]> {
    // An IPv6 address is in brackets.
    const host = this.url.hostname.replace(/^\[|\]$/g, "");
    return (await lookup(host, { all: true })).map(({ address }) => address);
  }

  /** Polls all of them: only the one that answered a request has its record. */
  async fetchRecords(ids: readonly string[]): Promise<LiveAnswers> {
    let addresses: readonly string[];
    try {
      addresses = await this.addresses();
    } catch (error) {
      return { records: [], answered: 0, failures: [toError(error)] };
    }
    const body = JSON.stringify({ ids });
    const answers = await Promise.allSettled(addresses.map((address) => this.fetchFrom(address, body)));
    return {
      answered: answers.filter(({ status }) => status === "fulfilled").length,
      records: answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : [])),
      failures: answers.flatMap((answer) => (answer.status === "rejected" ? [toError(answer.reason)] : [])),
    };
  }

  private async fetchFrom(address: string, body: string): Promise<PredictionRecord[]> {
    const { status, text } = await this.post(address, body);
    if (status !== 200) throw new Error(`${this.url.host} at ${address} answers ${status}: ${text.slice(0, 200)}`);
    const answer: unknown = JSON.parse(text);
    const records = isObject(answer) && Array.isArray(answer.halves) ? answer.halves.map(fromWire) : [undefined];
    if (records.includes(undefined)) throw new Error(`${this.url.host} at ${address} answers in an unknown format`);
    return records.filter((record) => record !== undefined);
  }

  /**
   * Opens a new connection for each poll: if one address stands for several servers, each poll may reach another one.
   */
  private post(address: string, body: string): Promise<{ status: number; text: string }> {
    const { host, pathname } = this.url;
    const { port } = this;
    const headers = { host, "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const options = { host: address, port, path: pathname, method: "POST", headers, agent: false };
    return new Promise((resolve, reject) => {
      const outgoing = request({ ...options, timeout: TIMEOUT_MS }, (answer) => {
        const chunks: Buffer[] = [];
        let length = 0;
        answer.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          length += chunk.length;
          if (length > MAX_ANSWER_BYTES)
            outgoing.destroy(new Error(`${host} answers with more than ${MAX_ANSWER_BYTES} bytes`));
        });
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
        answer.on("error", reject);
      });
      outgoing.on("timeout", () => outgoing.destroy(new Error(`${host} does not answer within ${TIMEOUT_MS} ms`)));
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
