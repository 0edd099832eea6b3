import { Agent } from "node:http";
import type { Observation, TrackCounts } from "../../../strategies/observation";
import { httpGet } from "./http-get";
import type { ModelServer } from "./model-server";
import type { Router } from "../gateway/router";
import { observedMetrics, parseMetrics, startTimeOf, sumMetrics, sumUsers, type MetricSample } from "./server-metrics";
import type { SmokeTest } from "../traffic/smoke-test";

/** Milliseconds between two scrapes. */
export const SCRAPE_PERIOD_MS = 200;
const TIMEOUT_MS = 2000;

/** A server with its state at the last scrape. */
interface ScrapedServer {
  readonly server: ModelServer;
  /** Replicas that this one process stands for. */
  readonly replicas: number;
  ready: boolean;
  /** Its last metrics that could be read: what a process counted is not lost when it ends. */
  samples: readonly MetricSample[];
}

/**
 * Scrapes the servers as Prometheus would and joins the result with what the router counted. Labels may arrive at any
 * replica, so a version's metrics are summed over all of them.
 */
export class Observer {
  private readonly scraped: readonly ScrapedServer[];
  private readonly agent = new Agent({ keepAlive: true });
  private timer: NodeJS.Timeout | undefined;

  constructor(
    servers: readonly { readonly server: ModelServer; readonly replicas: number }[],
    private readonly router: Router,
    /** By the name of the track that each tests. */
    private readonly smokeTests: Readonly<Record<string, SmokeTest>>,
    private readonly onRead: () => void,
  ) {
    this.scraped = servers.map((each) => ({ ...each, ready: true, samples: [] }));
  }

  start(): void {
    this.timer = setInterval(() => void this.read(), SCRAPE_PERIOD_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.agent.destroy();
  }

  observe(at: number): Observation {
    return { at, tracks: Object.fromEntries(this.scraped.map((each) => [each.server.track.name, this.counts(each)])) };
  }

  /** Scrapes every server now. */
  async read(): Promise<void> {
    await Promise.all(
      this.scraped.map(async (each) => {
        const { port, runtime } = each.server;
        each.ready = await each.server.ready();
        const page = await httpGet(port, runtime.paths.metrics, TIMEOUT_MS, this.agent).catch(() => undefined);
        if (page?.status === 200) each.samples = parseMetrics(page.body, observedMetrics(runtime.metrics));
      }),
    );
    this.onRead();
  }

  private counts({ server, replicas, ready, samples: own }: ScrapedServer): TrackCounts {
    const startedAt = startTimeOf(own);
    const gateway = this.router.counts[server.track.name];
    const smokeTest = this.smokeTests[server.track.name];
    const samples = this.scraped.flatMap((each) => each.samples);
    const { version } = server.track;
    return {
      requests: gateway?.requests ?? 0,
      errors: gateway?.errors ?? 0,
      latency: gateway?.latency() ?? { bounds: [], counts: [0] },
      metrics: sumMetrics(samples, version, server.runtime.metrics),
      ...sumUsers(samples, version, server.runtime.metrics),
      readyReplicas: server.alive && ready ? replicas : 0,
      ...(startedAt !== undefined && { startedAt }),
      ...(smokeTest && { smokeTest: smokeTest.counts }),
    };
  }
}
