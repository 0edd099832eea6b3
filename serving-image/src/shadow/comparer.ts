import { contract } from "../core/contract";
import { emptyRecord } from "../core/empty-record";
import type { Log } from "../core/log";
import type { ObservedRequest } from "../observability/instrument";
import type { ComparisonMetrics, FailedSide, UnpairedReason } from "./comparison-metrics";
import { ComparisonReport } from "./comparison-report";
import { type Difference, differenceOf } from "./difference";
import { DifferingRequests } from "./differing-requests";
import { LiveServers } from "./live-servers";
import { PendingPairs } from "./pending-pairs";
import {
  type PackedTensors,
  packWithin,
  type PredictionRecord,
  toPredictionRecord,
  unpackTensor,
} from "./prediction-record";
import { type ListenAddress, RoleDetector } from "./role-detection";
import type { ComparisonConfig } from "./settings";

/** The suffix that Envoy adds to the host of a mirrored request. */
const MIRRORED_HOST = /-shadow(:\d+)?$/;

/** The shadow's record of a request, which waits for the live one. */
interface ShadowRecord extends PredictionRecord {
  /** Only if `comparison.values` is true. */
  readonly packedInputs?: PackedTensors | undefined;
}

/** Compares the predictions of one model with those of the live servers for the same requests. */
export class Comparer {
  readonly report = new ComparisonReport();
  readonly differing: DifferingRequests;
  private readonly pending: PendingPairs<ShadowRecord>;
  private readonly live: LiveServers;
  /** Only with `copies: "unless-live"`. */
  private readonly role: RoleDetector | undefined;
  private isPolling = false;
  private isFailing = false;
  private lastCopyAt = -Infinity;

  constructor(
    private readonly model: string,
    live: string,
    private readonly config: ComparisonConfig,
    private readonly metrics: ComparisonMetrics,
    private readonly log: Log,
    address: ListenAddress,
  ) {
    this.live = new LiveServers(live, model);
    if (config.copies === "unless-live") this.role = new RoleDetector(this.live, address);
    this.differing = new DifferingRequests(config);
    this.pending = new PendingPairs<ShadowRecord>(config, ({ version }, reason) =>
      this.skip(version, reason === "late" ? "no_live_answer" : "no_room"),
    );
    setInterval(() => void this.pollLive(), config.everySeconds * 1000).unref();
  }

  get waiting(): number {
    return this.pending.size;
  }

  onRequest(request: ObservedRequest): void {
    if (!this.isCopy(request)) return;
    this.lastCopyAt = performance.now();
    this.metrics.prepare(this.model, request.version);
    const id = request.header(contract.headers.requestId);
    if (id === undefined) this.skip(request.version, "no_request_id");
    else setImmediate(() => this.pending.add(this.shadowRecordOf(id, request)));
  }

  private isCopy(request: ObservedRequest): boolean {
    if (this.config.copies === "marked") return MIRRORED_HOST.test(request.header("host") ?? "");
    return this.role?.isShadow ?? true;
  }

  private shadowRecordOf(id: string, request: ObservedRequest): ShadowRecord {
    const { maxPredictionBytes, values } = this.config;
    const record = toPredictionRecord(id, request, maxPredictionBytes);
    if (!values || !request.prediction) return record;
    return { ...record, packedInputs: packWithin(request.prediction.request.inputs, maxPredictionBytes) };
  }

  /**
   * Polls the live servers for their predictions, one poll at a time. It polls even if nothing is pending, since a live
   * server only keeps predictions while it is polled.
   */
  private async pollLive(): Promise<void> {
    if (this.isPolling || !this.shouldPoll()) return;
    this.isPolling = true;
    const { records, answered, failures } = await this.live.fetchRecords(this.pending.ids());
    this.isPolling = false;
    this.metrics.polled(answered, failures.length);
    this.reportFailures(failures);
    for (const record of records) this.pair(record);
    this.pending.expire();
  }

  private shouldPoll(): boolean {
    const isQuiet = this.lastCopyAt < performance.now() - this.config.ttlSeconds * 1000;
    if (this.config.copies === "marked") return !isQuiet;
    // Records from before this server became live are still pending.
    return (this.role?.isShadow ?? true) || this.pending.size > 0;
  }

  /** Logs once when polling starts to fail, and once when it works again. */
  private reportFailures([failure]: readonly Error[]): void {
    if (failure && !this.isFailing)
      this.log.warn({ model: this.model, err: failure }, "the live servers cannot be polled");
    if (!failure && this.isFailing) this.log.info({ model: this.model }, "the live servers can be polled again");
    this.isFailing = failure !== undefined;
  }

  private pair(live: PredictionRecord): void {
    const own = this.pending.take(live.id);
    if (!own) return;
    const isSame = own.inputs === live.inputs || own.inputs === "" || live.inputs === "";
    if (!isSame) return this.skip(own.version, "other_inputs");
    if (own.isTooLarge || live.isTooLarge) return this.skip(own.version, "too_large");
    this.metrics.paired(this.model, own.version, { live: live.seconds, shadow: own.seconds });
    this.report.paired(live, own);
    if (own.outputs && live.outputs) return this.compare(own, own.outputs, live, live.outputs);
    if (!own.outputs && !live.outputs && own.code === live.code && own.code < 500) {
      return this.skip(own.version, "refused");
    }
    const side: FailedSide = own.outputs ? "live" : live.outputs ? "shadow" : "both";
    this.metrics.failed(this.model, own.version, side);
    this.report.failed(side);
  }

  private compare(
    own: ShadowRecord,
    shadowOutputs: PackedTensors,
    live: PredictionRecord,
    liveOutputs: PackedTensors,
  ): void {
    const rule = { tolerance: this.config.tolerance, isTopOneEnough: this.config.agreement === "top-1" };
    const differences = emptyRecord<Difference>();
    for (const name of new Set([...Object.keys(liveOutputs), ...Object.keys(shadowOutputs)])) {
      const [mine, theirs] = [shadowOutputs[name], liveOutputs[name]];
      const difference: Difference =
        mine && theirs ? differenceOf(unpackTensor(name, theirs), unpackTensor(name, mine), rule) : { agrees: false };
      differences[name] = difference;
      const { largest } = this.report.output(name, difference);
      this.metrics.output(this.model, own.version, name, difference, largest);
    }
    const agrees = Object.values(differences).every((difference) => difference.agrees);
    this.metrics.compared(this.model, own.version, agrees);
    this.report.compared(agrees);
    if (!agrees) this.differing.add({ own, live, differences, inputs: own.packedInputs });
  }

  private skip(version: string, reason: UnpairedReason): void {
    this.metrics.unpaired(this.model, version, reason);
    this.report.skipped(reason);
  }
}
