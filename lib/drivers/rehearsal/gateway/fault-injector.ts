import type { RolloutClock } from "../clock";
import { isServerFault, type Fault } from "../fault-settings";
import type { Random } from "../../../core/random";

/** What a fault does to one request. */
interface FaultEffect {
  readonly delayMs: number;
  readonly fails: boolean;
}

/** What a fault does to a server itself. */
interface ServerFault {
  readonly track: string;
  readonly crash: boolean;
  /** Share of its predictions that are wrong from now on. */
  readonly wrong: number;
}

const NO_EFFECT: FaultEffect = { delayMs: 0, fails: false };

/** Decides, on the rollout's clock, which of the requested faults affect which requests and servers. */
export class FaultInjector {
  private readonly fired = new Set<Fault>();

  constructor(
    private readonly faults: readonly Fault[],
    /** Names of the tracks that a fault is for. */
    private readonly tracksOf: (name: string) => readonly string[],
    private readonly clock: RolloutClock,
    private readonly random: Random,
  ) {}

  /** What happens to a request on its way to a track. */
  effect(track: string): FaultEffect {
    if (this.faults.length === 0) return NO_EFFECT;
    let delayMs = 0;
    let fails = false;
    for (const fault of this.active(track)) {
      delayMs += (fault.latency ?? 0) * 1000;
      fails ||= fault.errors !== undefined && this.random() < fault.errors;
    }
    return { delayMs, fails };
  }

  /** Whether a request for a track is misrouted to another one. */
  misroutes(track: string): boolean {
    return this.active(track).some(({ strays }) => strays !== undefined && this.random() < strays);
  }

  /** Faults of servers that are due now; each is returned once. */
  due(): ServerFault[] {
    const due = this.faults.filter((fault) => isServerFault(fault) && this.isActive(fault) && !this.fired.has(fault));
    for (const fault of due) this.fired.add(fault);
    return due.flatMap(({ track: name, crash, wrong = 0 }) =>
      this.tracksOf(name).map((track) => ({ track, crash, wrong })),
    );
  }

  /** Whether a track's server must be able to corrupt its predictions. */
  corruptsPredictions(track: string): boolean {
    return this.faults.some((fault) => fault.wrong !== undefined && this.affects(fault, track));
  }

  /** Whether a track's server was killed by a fault. */
  crashed(track: string): boolean {
    return [...this.fired].some((fault) => fault.crash && this.affects(fault, track));
  }

  /** When the first fault of any of these tracks begins, in seconds. */
  firstAt(tracks: readonly string[]): number | undefined {
    const times = this.faults.filter((fault) => tracks.some((track) => this.affects(fault, track))).map(({ at }) => at);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  private active(track: string): Fault[] {
    return this.faults.filter((fault) => this.affects(fault, track) && this.isActive(fault));
  }

  private affects(fault: Fault, track: string): boolean {
    return this.tracksOf(fault.track).includes(track);
  }

  private isActive({ at, for: seconds = Infinity }: Fault): boolean {
    const now = this.clock.now();
    return this.clock.started && now >= at && now < at + seconds;
  }
}
