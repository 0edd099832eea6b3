import { isFailedStatus } from "../../../core/contract";
import type { Runtime } from "../../../runtimes/runtime";
import { DriverError } from "../../common/driver-error";
import { inferencePath } from "../../protocol/inference-path";
import { FAULT_HEADER } from "../gateway/router";
import { randomStream, type Random } from "../../../core/random";
import type { RehearsalSettings } from "../settings";
import { AnswerChecker, type AnswerCheck } from "./answers";
import { CallLedger } from "./call-ledger";
import { Caller, type CallAnswer } from "./caller";
import { drawRewards, Feedback } from "./feedback";
import { Load, type LoadCall } from "./load";
import type { Samples } from "./samples";
import { Users } from "./users";

/** How traffic is created. */
interface TrafficOptions {
  readonly port: number;
  readonly model: string;
  readonly runtime: Pick<Runtime<unknown>, "feedback">;
  readonly samples: Samples;
  readonly settings: RehearsalSettings;
  /** Real milliseconds from an answer to the feedback on it. */
  readonly feedbackDelayMs: number;
  /** Called when a server rejects a recorded request, because the rehearsal would then mean nothing. */
  readonly onRejected: (error: DriverError) => void;
}

/** The callers: they send recorded requests, check the answers, and later send feedback on them. */
export class Traffic {
  readonly ledger = new CallLedger();
  /** Missing if the servers accept no feedback. */
  readonly feedback: Feedback | undefined;
  readonly users = new Users();
  readonly load: Load;
  private readonly caller: Caller;
  private readonly checker: AnswerChecker;
  private readonly rewardRandom: Random;

  constructor(private readonly options: TrafficOptions) {
    const { port, model, samples, settings } = options;
    this.caller = new Caller(port);
    this.checker = new AnswerChecker(samples);
    this.rewardRandom = randomStream(settings.seed, "rewards");
    this.feedback = this.createFeedback();
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
    this.feedback?.start();
    this.load.start();
  }

  /** Ends the load and waits until every request that was sent has been answered or has failed. */
  async stop(): Promise<void> {
    await this.load.stop();
    await this.feedback?.stop();
    this.caller.close();
  }

  /** Ends the load without waiting. */
  abandon(): void {
    void this.load.stop();
    void this.feedback?.stop();
    this.caller.close();
  }

  private createFeedback(): Feedback | undefined {
    const { model, runtime, settings, feedbackDelayMs } = this.options;
    if (runtime.feedback === undefined) return undefined;
    return new Feedback({
      caller: this.caller,
      path: runtime.feedback.path.replace("{model}", model),
      delayMs: feedbackDelayMs,
      noise: settings.feedbackNoise,
      random: randomStream(settings.seed, "noise"),
    });
  }

  private count(call: LoadCall): void {
    const { sample, answer } = call;
    if (answer === undefined || isFailedStatus(answer.status)) return this.countFailure(answer);
    if (answer.status >= 400) return this.reject(answer);
    const parsed = this.checker.parse(answer.body);
    const version = parsed.model_version ?? "unknown";
    const check = this.checker.check(sample, parsed);
    this.countAnswer(call, version, check);
    this.sendFeedback(answer, version, check.isCorrect);
  }

  private countFailure(answer: CallAnswer | undefined): void {
    if (answer?.headers[FAULT_HEADER] === undefined) this.ledger.recordLoss(lossReason(answer));
    else this.ledger.faulted += 1;
  }

  private countAnswer(
    { seconds, user, sentAt }: LoadCall,
    version: string,
    { matchesRecording, isCorrect }: AnswerCheck,
  ): void {
    const calls = this.ledger.of(version);
    this.users.recordAnswer(user, version, sentAt);
    calls.answered += 1;
    calls.seconds.push(seconds);
    if (matchesRecording !== undefined) calls.compared += 1;
    if (matchesRecording === false) calls.mismatched += 1;
    if (isCorrect !== undefined) calls.labelled += 1;
    if (isCorrect === false) calls.wrong += 1;
  }

  private sendFeedback({ headers }: CallAnswer, version: string, isCorrect: boolean | undefined): void {
    const { runtime, settings } = this.options;
    const { labelMetric, rewards } = settings;
    const id = runtime.feedback && headers[runtime.feedback.idHeader];
    if (this.feedback === undefined || typeof id !== "string") return;
    if (isCorrect !== undefined) this.feedback.add({ id, version }, labelMetric, isCorrect ? 1 : 0);
    for (const { metric, value } of drawRewards(rewards, version, this.rewardRandom)) {
      this.feedback.add({ id, version }, metric, value);
    }
  }

  private reject({ status, body }: CallAnswer): void {
    this.options.onRejected(new DriverError(`a recorded request was rejected with ${status}: ${body.slice(0, 300)}`));
  }
}

function lossReason(answer: CallAnswer | undefined): string {
  return answer === undefined ? "no answer" : `${answer.status}: ${answer.body.slice(0, 200)}`;
}
