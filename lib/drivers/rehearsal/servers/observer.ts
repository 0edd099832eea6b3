import { Agent } from "node:http";
import { CONTRACT } from "../../../core/contract";
import type { Observation, TrackCounts } from "../../../strategies/observation";
import { httpGet } from "./http-get";
import type { ModelServer } from "./model-server";
import { parseMetrics, type MetricSample } from "./prometheus-text";
import type { Router } from "../gateway/router";
import { metricSums, OBSERVED_METRICS } from "./server-metrics";
import type { SmokeTest } from "../traffic/smoke-test";

const PERIOD_MS = 200;
const TIMEOUT_MS = 2000;

/** What the observer asks again and again of one server. */
interface Watched {
  readonly server: ModelServer;
  /** Replicas that this one process stands for. */
  readonly replicas: number;
  ready: boolean;
  /** Its last exposition that could be read: what a process counted is not lost when it ends. */
  samples: readonly MetricSample[];
}

/**
 * Reads the servers as Prometheus would and joins that with what the router counted. Labels may come back at any
 * replica, so a version's metrics are summed over all of them.
 */
export class Observer {
  private readonly watched: readonly Watched[];
  private readonly agent = new Agent({ keepAlive: true });
  private timer: NodeJS.Timeout | undefined;

  constructor(
    servers: readonly { readonly server: ModelServer; readonly replicas: number }[],
    private readonly router: Router,
    /** By track name: what a smoke test has shown so far. */
    private readonly smokeTests: Readonly<Record<string, SmokeTest>>,
    private readonly onRead: () => void,
  ) {
    this.watched = servers.map((each) => ({ ...each, ready: true, samples: [] }));
  }

  start(): void {
    this.timer = setInterval(() => void this.read(), PERIOD_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.agent.destroy();
  }

  observe(at: number): Observation {
    return { at, tracks: Object.fromEntries(this.watched.map((each) => [each.server.track.name, this.counts(each)])) };
  }

  /** Reads every server now. */
  async read(): Promise<void> {
    await Promise.all(
      this.watched.map(async (each) => {
        each.ready = await each.server.ready();
        const page = await httpGet(each.server.port, CONTRACT.paths.metrics, TIMEOUT_MS, this.agent).catch(
          () => undefined,
        );
        if (page?.status === 200) each.samples = parseMetrics(page.body, OBSERVED_METRICS);
      }),
    );
    this.onRead();
  }

  private counts({ server, replicas, ready }: Watched): TrackCounts {
    const gateway = this.router.counts[server.track.name];
    const smokeTest = this.smokeTests[server.track.name];
    return {
      requests: gateway?.requests ?? 0,
      errors: gateway?.errors ?? 0,
      latency: gateway?.latency() ?? { bounds: [], counts: [0] },
      metrics: metricSums(
        this.watched.flatMap(({ samples }) => samples),
        server.track.version,
      ),
      readyReplicas: server.alive && ready ? replicas : 0,
      ...(smokeTest && { smokeTest: smokeTest.counts }),
    };
  }
}
