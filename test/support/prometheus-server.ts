import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "../../lib/drivers/rehearsal/servers/free-port";
import { describeIf } from "./describe-if";

/** The binary of a real Prometheus; its promtool is in the same directory. */
const PROMETHEUS = process.env["SLIPWAY_TEST_PROMETHEUS"];

/** `describe` for tests with a real Prometheus: skipped, with a line that says so, if there is none. */
export function describeWithPrometheus(name: string, body: (binary: string) => void): void {
  describeIf(PROMETHEUS, "needs the binary of Prometheus, named by SLIPWAY_TEST_PROMETHEUS", name, body);
}

/** A real Prometheus that has stored some samples and scrapes nothing. */
export class PrometheusServer {
  private readonly folder = mkdtempSync(join(tmpdir(), "slipway-prometheus-"));
  private server: ChildProcess | undefined;
  url = "";

  constructor(private readonly binary: string) {}

  /** Stores samples in the OpenMetrics format, and serves them. */
  async start(openMetrics: string): Promise<void> {
    writeFileSync(join(this.folder, "samples"), openMetrics);
    writeFileSync(join(this.folder, "prometheus.yml"), "{}");
    const promtool = join(dirname(this.binary), "promtool");
    const args = ["tsdb", "create-blocks-from", "openmetrics", "samples", "data"];
    const { status, stderr } = spawnSync(promtool, args, { cwd: this.folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`promtool could not store the samples: ${stderr}`);
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    this.server = spawn(
      this.binary,
      [
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        "--storage.tsdb.retention.time=100d",
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { cwd: this.folder, stdio: "ignore" },
    );
    await this.ready();
  }

  private async ready(): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      const isReady = await fetch(`${this.url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("Prometheus did not become ready");
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server !== undefined && server.exitCode === null) {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill();
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
