import { contract } from "../core/contract";
import type { Log } from "../core/log";
import type { Seen } from "../observability/instrument";
import type { ComparisonMetrics, FailedSide, UnpairedReason } from "./comparison-metrics";
import { type Difference, differenceOf } from "./difference";
import { DifferingRequests } from "./differing-requests";
import { type Half, halfOf, pack, type PackedTensors, unpackTensor } from "./half";
import { KeptHalves } from "./kept-halves";
import { LiveServers } from "./live-servers";
import { type OwnAddress, Place } from "./place";
import { ComparisonReport } from "./report";
import type { ComparisonConfig } from "./settings";

/** Envoy's mark on the copy of a request. */
const MARKED_HOST = /-shadow(:\d+)?$/;

/** A request of the shadow that waits for the live half. */
interface Own extends Half {
  /** Only where values may be shown. */
  readonly packedInputs?: PackedTensors | undefined;
}

/** Compares the predictions of one model with those that the live servers made for the same requests. */
export class Comparer {
  readonly report = new ComparisonReport();
  readonly differing: DifferingRequests;
  private readonly own: KeptHalves<Own>;
  private readonly live: LiveServers;
  /** Only where it matters. */
  private readonly place: Place | undefined;
  private isAsking = false;
  private isFailing = false;
  private lastCopyAt = -Infinity;

  constructor(
    private readonly model: string,
    live: string,
    private readonly config: ComparisonConfig,
    private readonly metrics: ComparisonMetrics,
    private readonly log: Log,
    own: OwnAddress,
  ) {
    this.live = new LiveServers(live, model);
    if (config.copies === "unless-live") this.place = new Place(this.live, own);
    this.differing = new DifferingRequests(config);
    this.own = new KeptHalves<Own>(config, ({ version }, reason) =>
      this.skip(version, reason === "late" ? "no_live_answer" : "no_room"),
    );
    setInterval(() => void this.askLive(), config.everySeconds * 1000).unref();
  }

  get waiting(): number {
    return this.own.size;
  }

  saw(request: Seen): void {
    if (!this.isCopy(request)) return;
    this.lastCopyAt = performance.now();
    this.metrics.prepare(this.model, request.version);
    const id = request.header(contract.headers.requestId);
    if (id === undefined) this.skip(request.version, "no_request_id");
    else setImmediate(() => this.own.add(this.ownHalf(id, request)));
  }

  private isCopy(request: Seen): boolean {
    if (this.config.copies === "marked") return MARKED_HOST.test(request.header("host") ?? "");
    return this.place?.isShadow ?? true;
  }

  private ownHalf(id: string, request: Seen): Own {
    const { maxPredictionBytes, values } = this.config;
    const half = halfOf(id, request, maxPredictionBytes);
    if (!values || !request.prediction) return half;
    return { ...half, packedInputs: pack(request.prediction.request.inputs, maxPredictionBytes) };
  }

  /**
   * Asks the live servers what they answered, one question at a time. Also where nothing waits: a live server keeps
   * predictions only while it is asked.
   */
  private async askLive(): Promise<void> {
    if (this.isAsking || !this.hasReason()) return;
    this.isAsking = true;
    const { halves, answered, failures } = await this.live.ask(this.own.ids());
    this.isAsking = false;
    this.metrics.asked(answered, failures.length);
    this.tell(failures);
    for (const half of halves) this.pair(half);
    this.own.expire();
  }

  private hasReason(): boolean {
    const isQuiet = this.lastCopyAt < performance.now() - this.config.ttlSeconds * 1000;
    if (this.config.copies === "marked") return !isQuiet;
    // What waits from when it was in the shadow is still asked for.
    return (this.place?.isShadow ?? true) || this.own.size > 0;
  }

  /** Says it once when the live servers can no longer be asked, and once when they can again. */
  private tell([failure]: readonly Error[]): void {
    if (failure && !this.isFailing)
      this.log.warn({ model: this.model, err: failure }, "the live servers cannot be asked");
    if (!failure && this.isFailing) this.log.info({ model: this.model }, "the live servers can be asked again");
    this.isFailing = failure !== undefined;
  }

  private pair(live: Half): void {
    const own = this.own.take(live.id);
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

  private compare(own: Own, shadowOutputs: PackedTensors, live: Half, liveOutputs: PackedTensors): void {
    const rule = { tolerance: this.config.tolerance, isTopOneEnough: this.config.agreement === "top-1" };
    const differences: Record<string, Difference> = {};
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
