import { CONTRACT } from "../../core/contract";
import { AnswerJudge } from "./answers";
import { Broken } from "./broken";
import { CallLedger } from "./call-ledger";
import { Caller, type CallAnswer } from "./caller";
import { Labels } from "./labels";
import { Load, type LoadedCall } from "./load";
import { randomStream } from "./random";
import { FAULT_HEADER } from "./router";
import type { Samples } from "./samples";
import type { RehearsalSettings } from "./settings";

/** What the callers of a rehearsal are made from. */
export interface TrafficOptions {
  readonly port: number;
  readonly model: string;
  readonly samples: Samples;
  readonly settings: RehearsalSettings;
  /** Real milliseconds from an answer to its label. */
  readonly labelDelayMs: number;
  /** Called when a server refuses a recorded request: then nothing that follows would mean anything. */
  readonly onRefused: (error: Broken) => void;
}

/** Path of a model's inferences. */
export function inferencePath(model: string): string {
  return `${CONTRACT.paths.protocol}/models/${model}/infer`;
}

/** The callers: they send recorded requests, judge the answers, and tell the truth about them later. */
export class Traffic {
  readonly ledger = new CallLedger();
  readonly labels: Labels;
  readonly load: Load;
  private readonly caller: Caller;
  private readonly judge: AnswerJudge;

  constructor(private readonly options: TrafficOptions) {
    const { port, model, samples, settings, labelDelayMs } = options;
    this.caller = new Caller(port);
    this.judge = new AnswerJudge(samples);
    this.labels = new Labels({
      caller: this.caller,
      path: CONTRACT.paths.feedback.replace("{model}", model),
      metric: settings.labelMetric,
      delayMs: labelDelayMs,
    });
    this.load = new Load({
      caller: this.caller,
      path: inferencePath(model),
      samples,
      rate: settings.rate,
      random: randomStream(settings.seed, "load"),
      onCall: (call) => this.count(call),
    });
  }

  start(): void {
    this.labels.start();
    this.load.start();
  }

  /** Ends the load; every request sent has been answered, or has failed, when it is done. */
  async stop(): Promise<void> {
    await this.load.stop();
    await this.labels.stop();
    this.caller.close();
  }

  /** Ends the load without waiting for anything. */
  abandon(): void {
    void this.load.stop();
    void this.labels.stop();
    this.caller.close();
  }

  private count({ sample, answer, seconds }: LoadedCall): void {
    if (answer === undefined || answer.status >= 500) {
      if (answer?.headers[FAULT_HEADER] === undefined) this.ledger.lost += 1;
      else this.ledger.faulted += 1;
      return;
    }
    if (answer.status >= 400) return this.refused(answer);
    const parsed = this.judge.parse(answer.body);
    const calls = this.ledger.of(parsed.model_version ?? "unknown");
    const { asRecorded, right } = this.judge.judge(sample, parsed);
    calls.answered += 1;
    calls.seconds.push(seconds);
    if (asRecorded !== undefined) calls.compared += 1;
    if (asRecorded === false) calls.mismatched += 1;
    if (right === undefined) return;
    calls.labelled += 1;
    if (!right) calls.wrong += 1;
    const id = answer.headers[CONTRACT.headers.predictionId];
    if (typeof id === "string") this.labels.add(id, right ? 1 : 0);
  }

  private refused({ status, body }: CallAnswer): void {
    this.options.onRefused(new Broken(`a recorded request was refused with ${status}: ${body.slice(0, 300)}`));
  }
}
