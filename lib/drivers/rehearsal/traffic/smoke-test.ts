import type { SmokeTestCounts } from "../../../strategies/observation";
import type { AnswerTime, CpuContention } from "../gateway/cpu-contention";
import { isTimedStatus } from "../../../core/contract";
import { GatewayCounts } from "../gateway/gateway-counts";
import { AnswerChecker } from "./answers";
import type { CallAnswer, Caller } from "./caller";
import { inferenceBody, type Sample, type Samples } from "./samples";

/** How a smoke test runs. */
interface SmokeTestOptions {
  /** Reaches the track under test, and no other. */
  readonly caller: Caller;
  readonly path: string;
  /** Must answer with 200 before the requests are sent. */
  readonly healthPath: string;
  readonly samples: Samples;
  /** Number of requests; samples repeat if there are fewer. */
  readonly requests: number;
  /** Bounds of the latency histogram, in seconds. */
  readonly bounds: readonly number[];
  readonly track: string;
  readonly contention: CpuContention;
}

/** On a busy machine the test goes on until enough latencies count, within a limit. */
const MAX_ROUNDS = 10;

/**
 * Sends recorded requests to a track that does not serve users yet, one after another through the preview host. Each must
 * be answered, with all outputs and as recorded.
 */
export class SmokeTest {
  private readonly gateway: GatewayCounts;
  private readonly checker: AnswerChecker;
  private wrong = 0;
  private unhealthy = 0;
  private stopped = false;

  constructor(private readonly options: SmokeTestOptions) {
    this.gateway = new GatewayCounts(options.bounds);
    this.checker = new AnswerChecker(options.samples);
  }

  get counts(): SmokeTestCounts {
    const { requests, errors } = this.gateway;
    return { requests, failed: errors + this.unhealthy, wrong: this.wrong, latency: this.gateway.latency() };
  }

  async run(): Promise<void> {
    const { caller, path, healthPath, samples, requests, track, contention } = this.options;
    if ((await caller.get(healthPath))?.status !== 200) this.unhealthy = 1;
    const isEnough = (sent: number) => sent - this.gateway.untimed >= requests || sent >= requests * MAX_ROUNDS;
    for (let index = 0; !isEnough(index) && !this.stopped; index += 1) {
      const sample = samples.samples[index % samples.samples.length] as Sample;
      const timer = contention.startTimer(track);
      const answer = await caller.post(path, inferenceBody(samples, sample));
      this.count(sample, answer, timer.stop());
    }
  }

  stop(): void {
    this.stopped = true;
    this.options.caller.close();
  }

  private count(sample: Sample, answer: CallAnswer | undefined, time: AnswerTime): void {
    const parsed = this.checker.parse(answer?.body ?? "");
    const names = new Set(parsed.outputs?.map(({ name }) => name));
    const isComplete = this.options.samples.outputs.every(({ name }) => names.has(name));
    const failed = answer === undefined || answer.status >= 400 || !isComplete;
    this.gateway.record(time, { failed, timed: answer !== undefined && isTimedStatus(answer.status) });
    if (!failed && this.checker.check(sample, parsed).matchesRecording === false) this.wrong += 1;
  }
}
