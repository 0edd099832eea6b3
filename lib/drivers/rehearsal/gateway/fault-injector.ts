import type { RolloutClock } from "../clock";
import type { Random } from "../random";
import type { Fault } from "../settings";

/** What a fault does to one request. */
export interface FaultEffect {
  readonly delayMs: number;
  readonly fails: boolean;
}

/** What a fault does to a server itself. */
export interface ServerFault {
  readonly track: string;
  readonly crash: boolean;
  /** Share of its predictions that are wrong from now on. */
  readonly wrong: number;
}

const NOTHING: FaultEffect = { delayMs: 0, fails: false };

/** The faults asked for, on the rollout's clock. */
export class Faults {
  private readonly fired = new Set<Fault>();

  constructor(
    private readonly faults: readonly Fault[],
    /** Name of the track that a fault's word means. */
    private readonly trackOf: (word: string) => string | undefined,
    private readonly clock: RolloutClock,
    private readonly random: Random,
  ) {}

  /** What happens to a request on its way to a track. */
  effect(track: string): FaultEffect {
    if (this.faults.length === 0) return NOTHING;
    let delayMs = 0;
    let fails = false;
    for (const fault of this.begun(track)) {
      delayMs += (fault.latency ?? 0) * 1000;
      fails ||= fault.errors !== undefined && this.random() < fault.errors;
    }
    return { delayMs, fails };
  }

  /** Whether a request for a track goes to another one. */
  straysFrom(track: string): boolean {
    return this.begun(track).some(({ strays }) => strays !== undefined && this.random() < strays);
  }

  /** What is to be done to which servers now; each fault is told once. */
  due(): ServerFault[] {
    const due = this.faults.filter((fault) => isOfServer(fault) && this.hasBegun(fault) && !this.fired.has(fault));
    for (const fault of due) this.fired.add(fault);
    return due.flatMap(({ track: word, crash, wrong = 0 }) => {
      const track = this.trackOf(word);
      return track === undefined ? [] : [{ track, crash, wrong }];
    });
  }

  /** Whether a server must be one that can be made to predict wrongly. */
  spoils(track: string): boolean {
    return this.faults.some((fault) => fault.wrong !== undefined && this.trackOf(fault.track) === track);
  }

  /** Whether a track's server was killed by a fault. */
  crashed(track: string): boolean {
    return [...this.fired].some((fault) => fault.crash && this.trackOf(fault.track) === track);
  }

  private begun(track: string): Fault[] {
    return this.faults.filter((fault) => this.trackOf(fault.track) === track && this.hasBegun(fault));
  }

  private hasBegun(fault: Fault): boolean {
    return this.clock.started && this.clock.now() >= fault.at;
  }
}

function isOfServer({ crash, wrong }: Fault): boolean {
  return crash || wrong !== undefined;
}
