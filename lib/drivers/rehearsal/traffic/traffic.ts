import { CONTRACT } from "../../../core/contract";
import { AnswerJudge } from "./answers";
import { DriverError } from "../../common/driver-error";
import { CallLedger } from "./call-ledger";
import { Feedback } from "./feedback";
import { Caller, type CallAnswer } from "./caller";
import { Load, type LoadedCall } from "./load";
import { randomStream, type Random } from "../random";
import { drawRewards } from "./rewards";
import { FAULT_HEADER } from "../gateway/router";
import type { Samples } from "./samples";
import type { RehearsalSettings } from "../settings";
import { Users } from "./users";

/** What the callers of a rehearsal are made from. */
export interface TrafficOptions {
  readonly port: number;
  readonly model: string;
  readonly samples: Samples;
  readonly settings: RehearsalSettings;
  /** Real milliseconds from an answer to what is told about it. */
  readonly feedbackDelayMs: number;
  /** Called when a server refuses a recorded request: then nothing that follows would mean anything. */
  readonly onRefused: (error: DriverError) => void;
}

/** Path of a model's inferences. */
export function inferencePath(model: string): string {
  return `${CONTRACT.paths.protocol}/models/${model}/infer`;
}

/** The callers: they send recorded requests, judge the answers, and tell the truth about them later. */
export class Traffic {
  readonly ledger = new CallLedger();
  readonly feedback: Feedback;
  readonly users = new Users();
  readonly load: Load;
  private readonly caller: Caller;
  private readonly judge: AnswerJudge;
  private readonly rewardRandom: Random;

  constructor(private readonly options: TrafficOptions) {
    const { port, model, samples, settings, feedbackDelayMs } = options;
    this.caller = new Caller(port);
    this.judge = new AnswerJudge(samples);
    this.rewardRandom = randomStream(settings.seed, "rewards");
    this.feedback = new Feedback({
      caller: this.caller,
      path: CONTRACT.paths.feedback.replace("{model}", model),
      delayMs: feedbackDelayMs,
      noise: settings.feedbackNoise,
      random: randomStream(settings.seed, "noise"),
    });
    this.load = new Load({
      caller: this.caller,
      path: inferencePath(model),
      samples,
      rate: settings.rate,
      random: randomStream(settings.seed, "load"),
      users: settings.users,
      userRandom: randomStream(settings.seed, "users"),
      onCall: (call) => this.count(call),
    });
  }

  start(): void {
    this.feedback.start();
    this.load.start();
  }

  /** Ends the load; every request sent has been answered, or has failed, when it is done. */
  async stop(): Promise<void> {
    await this.load.stop();
    await this.feedback.stop();
    this.caller.close();
  }

  /** Ends the load without waiting for anything. */
  abandon(): void {
    void this.load.stop();
    void this.feedback.stop();
    this.caller.close();
  }

  private count({ sample, answer, seconds, user, sentAt }: LoadedCall): void {
    if (answer === undefined || answer.status >= 500) {
      if (answer?.headers[FAULT_HEADER] === undefined) this.ledger.lose(lossReason(answer));
      else this.ledger.faulted += 1;
      return;
    }
    if (answer.status >= 400) return this.refused(answer);
    const parsed = this.judge.parse(answer.body);
    const version = parsed.model_version ?? "unknown";
    const calls = this.ledger.of(version);
    const { asRecorded, right } = this.judge.judge(sample, parsed);
    calls.answered += 1;
    this.users.met(user, version, sentAt);
    calls.seconds.push(seconds);
    if (asRecorded !== undefined) calls.compared += 1;
    if (asRecorded === false) calls.mismatched += 1;
    if (right !== undefined) calls.labelled += 1;
    if (right === false) calls.wrong += 1;
    const id = answer.headers[CONTRACT.headers.predictionId];
    if (typeof id === "string") this.tell(id, version, right);
  }

  private tell(id: string, version: string, right: boolean | undefined): void {
    const { labelMetric, rewards } = this.options.settings;
    if (right !== undefined) this.feedback.add({ id, version }, labelMetric, right ? 1 : 0);
    for (const { metric, value } of drawRewards(rewards, version, this.rewardRandom)) {
      this.feedback.add({ id, version }, metric, value);
    }
  }

  private refused({ status, body }: CallAnswer): void {
    this.options.onRefused(new DriverError(`a recorded request was refused with ${status}: ${body.slice(0, 300)}`));
  }
}

function lossReason(answer: CallAnswer | undefined): string {
  return answer === undefined ? "no answer" : `${answer.status}: ${answer.body.slice(0, 200)}`;
}
