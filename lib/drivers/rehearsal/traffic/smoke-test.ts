import type { SmokeTestCounts } from "../../../strategies/observation";
import { AnswerJudge } from "./answers";
import type { BusyMachine } from "../gateway/cpu-contention";
import type { Caller, CallAnswer } from "./caller";
import { GatewayCounts } from "../gateway/gateway-counts";
import { inferenceBody, type Sample, type Samples } from "./samples";

/** What a smoke test is made from. */
export interface SmokeTestOptions {
  /** Reaches the track that is tested, and no other. */
  readonly caller: Caller;
  readonly path: string;
  /** Must answer with 200 before the requests are sent. */
  readonly healthPath: string;
  readonly samples: Samples;
  /** How many requests it takes; the samples come again when there are fewer. */
  readonly requests: number;
  /** Bounds of the latency histogram, in seconds. */
  readonly bounds: readonly number[];
  readonly track: string;
  readonly machine: BusyMachine;
}

/** On a busy machine it goes on until enough times are worth anything, but not for ever. */
const MOST_ROUNDS = 10;

/**
 * Recorded requests to a track that no user meets yet, one after another as a person would try it, through the host that
 * is for that. Each must be answered, in good form and as recorded.
 */
export class SmokeTest {
  private readonly timed: GatewayCounts;
  private readonly judge: AnswerJudge;
  private wrong = 0;
  private unhealthy = 0;
  private stopped = false;

  constructor(private readonly options: SmokeTestOptions) {
    this.timed = new GatewayCounts(options.bounds);
    this.judge = new AnswerJudge(options.samples);
  }

  get counts(): SmokeTestCounts {
    const { requests, errors } = this.timed;
    return { requests, failed: errors + this.unhealthy, wrong: this.wrong, latency: this.timed.latency() };
  }

  async run(): Promise<void> {
    const { caller, path, healthPath, samples, requests, track, machine } = this.options;
    if ((await caller.get(healthPath))?.status !== 200) this.unhealthy = 1;
    const isEnough = (sent: number) => sent - this.timed.untimed >= requests || sent >= requests * MOST_ROUNDS;
    for (let index = 0; !isEnough(index) && !this.stopped; index += 1) {
      const sample = samples.samples[index % samples.samples.length] as Sample;
      const [sentAt, waitedBefore] = [performance.now(), machine.waited(track)];
      const answer = await caller.post(path, inferenceBody(samples, sample));
      const seconds = (performance.now() - sentAt) / 1000;
      this.count(sample, answer, seconds, !machine.spoils(seconds, machine.waited(track) - waitedBefore));
    }
  }

  stop(): void {
    this.stopped = true;
    this.options.caller.close();
  }

  private count(sample: Sample, answer: CallAnswer | undefined, seconds: number, timed: boolean): void {
    const parsed = this.judge.parse(answer?.body ?? "");
    const given = new Set(parsed.outputs?.map(({ name }) => name));
    const inForm = this.options.samples.outputs.every(({ name }) => given.has(name));
    const failed = answer === undefined || answer.status >= 400 || !inForm;
    this.timed.record(seconds, failed, timed);
    if (!failed && this.judge.judge(sample, parsed).asRecorded === false) this.wrong += 1;
  }
}
