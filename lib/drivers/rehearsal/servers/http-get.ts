import { get, type Agent } from "node:http";

/** An answer to a GET request. */
interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** Reads a page of a server on this machine; rejects if there is no complete answer in time. */
export function httpGet(port: number, path: string, timeoutMs: number, agent?: Agent): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path, signal: AbortSignal.timeout(timeoutMs), ...(agent && { agent }) };
    const request = get(options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (body += chunk));
      response.once("error", reject);
      response.once("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.once("error", reject);
  });
}
