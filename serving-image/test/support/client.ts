import { connect } from "node:net";

export interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
}

export interface InferAnswer {
  readonly model_name: string;
  readonly model_version: string;
  readonly id?: string;
  readonly parameters: { readonly prediction_id: string };
  readonly outputs: readonly Tensor[];
}

export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), headers });
}

/** The JSON object of a response. */
export async function jsonOf(response: Response): Promise<Record<string, unknown>> {
  return JSON.parse(await response.text());
}

/** Requests a prediction, which must succeed. */
export async function infer(base: string, body: unknown, model = "digits"): Promise<InferAnswer> {
  const response = await post(`${base}/v2/models/${model}/infer`, body);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text);
}

export const outputOf = (answer: InferAnswer, name: string): Tensor | undefined =>
  answer.outputs.find((output) => output.name === name);

/** Sends requests with a single write over one connection, so that the server reads them in one turn of its event loop. */
export function pipeline(
  port: number,
  path: string,
  bodies: readonly unknown[],
): Promise<{ status: number; body: string }[]> {
  const requests = bodies.map((body) => {
    const text = JSON.stringify(body);
    return `POST ${path} HTTP/1.1\r\nhost: test\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  });
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(requests.join("")));
    let text = "";
    socket.setEncoding("latin1");
    socket.on("error", reject);
    socket.on("data", (chunk: string) => {
      text += chunk;
      const answers = parseAnswers(text);
      if (answers.length < bodies.length) return;
      socket.destroy();
      resolve(answers);
    });
  });
}

/** Sends raw text, and returns everything that the server sends until it closes the connection. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let received = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => (received += chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(received));
  });
}

function parseAnswers(text: string): { status: number; body: string }[] {
  const answers: { status: number; body: string }[] = [];
  for (let at = 0; ;) {
    const end = text.indexOf("\r\n\r\n", at);
    if (end < 0) return answers;
    const head = text.slice(at, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    if (text.length < end + 4 + length) return answers;
    answers.push({ status: Number(head.slice(9, 12)), body: text.slice(end + 4, end + 4 + length) });
    at = end + 4 + length;
  }
}

/** The value of a series in the Prometheus text format; undefined if it does not exist. */
export function seriesOf(metrics: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const line = metrics
    .split("\n")
    .find((one) => one.startsWith(`${name}{`) && Object.entries(labels).every(([k, v]) => one.includes(`${k}="${v}"`)));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(" ") + 1));
}

export async function metricsOf(base: string): Promise<string> {
  return (await fetch(`${base}/metrics`)).text();
}
