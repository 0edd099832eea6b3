import { DriverError } from "./driver-error";

/** Which part of the past to read, in seconds of Unix time. */
export interface Period {
  readonly from: number;
  readonly until: number;
  readonly stepSeconds: number;
}

/** The values of an expression over time. */
export interface TimeSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [at: number, value: string])[];
    }[];
  };
}

const TIMEOUT_MS = 30_000;

/** A client of the Prometheus API. Credentials in the URL are sent with each request, and never shown. */
export class PrometheusApi {
  /** The URL without credentials, for messages. */
  readonly address: string;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(url: string) {
    if (!/^https?:/.test(url) || !URL.canParse(url)) {
      throw new DriverError(`${url.replace(/\/\/[^/]*@/, "//")} is not a valid Prometheus URL`, [
        "Write it like http://prometheus.monitoring:9090",
      ]);
    }
    const { username, password, origin, pathname } = new URL(url);
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.headers = username === "" ? {} : { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
    this.address = `${origin}${pathname}`.replace(/\/+$/, "");
  }

  /** The values of an expression at the end of every step of a period. */
  async atEachStep(query: string, { from, until, stepSeconds }: Period): Promise<readonly TimeSeries[]> {
    const [start, end, step] = [from + stepSeconds, until, stepSeconds].map(String) as [string, string, string];
    const { data, error } = await this.ask("api/v1/query_range", new URLSearchParams({ query, start, end, step }));
    if (data === undefined)
      throw new DriverError(`Prometheus at ${this.address} rejected a query`, [error ?? "", query]);
    return data.result.map(({ metric, values }) => ({
      labels: metric,
      points: values.map(([at, value]) => ({ at, value: Number(value) })),
    }));
  }

  private async ask(path: string, parameters: URLSearchParams): Promise<Answer> {
    const { status, text } = await this.get(`${this.address}/${path}?${parameters.toString()}`);
    try {
      return JSON.parse(text) as Answer;
    } catch {
      throw new DriverError(`the server at ${this.address} is not Prometheus`, [
        `/${path} was answered with ${status} and a body that is not JSON.`,
      ]);
    }
  }

  private async get(url: string): Promise<{ readonly status: number; readonly text: string }> {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), headers: this.headers });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw new DriverError(`Prometheus at ${this.address} does not answer`, [reasonOf(error)]);
    }
  }
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
