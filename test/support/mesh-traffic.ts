import { readFileSync } from "node:fs";

import { CONTRACT } from "../../lib/core/contract";
import { eventually } from "./cluster";
import type { TestMesh } from "./cluster-mesh";

/** The outcome of one request. */
export interface TrafficAnswer {
  /** When the answer arrived, in milliseconds of `performance.now()`. */
  readonly at: number;
  /** The version that made the prediction. */
  readonly version: string | undefined;
  /** Whether there is an answer, and it is the expected one of this version. */
  readonly right: boolean;
  /** The status or the error. */
  readonly status: number | string;
}

/** Continuous requests. */
export interface TrafficFlow {
  /** Waits until this many more were answered. */
  for(count: number): Promise<void>;
  /** Waits until the answers since this call are as wanted. */
  until(wanted: (recent: readonly TrafficAnswer[]) => boolean): Promise<void>;
}

interface Samples {
  readonly model: string;
  readonly inputs: readonly [{ readonly name: string; readonly datatype: string; readonly shape: readonly number[] }];
  readonly labelOutput: string;
  readonly samples: readonly {
    readonly inputs: Readonly<Record<string, readonly number[]>>;
    readonly expected: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  }[];
}

interface Prediction {
  readonly model_version: string;
  readonly outputs: readonly { readonly name: string; readonly data: readonly number[] }[];
}

const CALLERS = 8;

/** Recorded samples, sent to a model through the gateway; each version's answers are known. */
export class MeshTraffic {
  private readonly samples: Samples;
  private readonly answers: TrafficAnswer[] = [];
  private next = 0;

  constructor(
    private readonly mesh: TestMesh,
    private readonly host: string,
    file: string,
  ) {
    this.samples = JSON.parse(readFileSync(file, "utf8")) as Samples;
  }

  /** A number of requests, from several callers at once. */
  async send(count: number): Promise<readonly TrafficAnswer[]> {
    let left = count;
    return this.call(() => left-- > 0);
  }

  /** Requests from several callers while `body` runs. */
  async during(body: (flow: TrafficFlow) => Promise<void>): Promise<readonly TrafficAnswer[]> {
    let running = true;
    const { answers } = this;
    const until: TrafficFlow["until"] = async (wanted) => {
      const start = answers.length;
      await eventually(
        () => Promise.resolve(wanted(answers.slice(start))),
        (done) => done,
      );
    };
    const answered = this.call(() => running);
    try {
      await body({ until, for: (count) => until((recent) => recent.length >= count) });
    } finally {
      running = false;
      await answered;
    }
    return answered;
  }

  /** How many requests a version has answered so far. */
  answered(version: string): number {
    return this.answers.filter((answer) => answer.version === version).length;
  }

  private async call(more: () => boolean): Promise<readonly TrafficAnswer[]> {
    const answers: TrafficAnswer[] = [];
    const caller = async (): Promise<void> => {
      while (more()) answers.push(await this.request());
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    return answers;
  }

  private async request(): Promise<TrafficAnswer> {
    const { model, inputs, samples } = this.samples;
    const sample = samples[this.next++ % samples.length] as Samples["samples"][number];
    const [input] = inputs;
    const body = JSON.stringify({ inputs: [{ ...input, data: sample.inputs[input.name] }] });
    const answer = await this.outcome(`/v2/models/${model}/infer`, body, sample.expected);
    this.answers.push(answer);
    return answer;
  }

  private async outcome(
    path: string,
    body: string,
    expected: Samples["samples"][number]["expected"],
  ): Promise<TrafficAnswer> {
    try {
      const { status, headers, body: text } = await this.mesh.ask(this.host, path, { body });
      const version = /^(\d+\.\d+\.\d+)\./.exec(String(headers[CONTRACT.headers.predictionId]))?.[1];
      const right =
        status === 200 && version !== undefined && this.isRight(JSON.parse(text) as Prediction, version, expected);
      return { at: performance.now(), version, right, status };
    } catch (error) {
      return { at: performance.now(), version: undefined, right: false, status: String(error) };
    }
  }

  private isRight(
    { model_version, outputs }: Prediction,
    version: string,
    expected: Samples["samples"][number]["expected"],
  ): boolean {
    const { labelOutput } = this.samples;
    const label = outputs.find((output) => output.name === labelOutput)?.data[0];
    return model_version === version && label === expected[version]?.[labelOutput]?.[0];
  }
}
