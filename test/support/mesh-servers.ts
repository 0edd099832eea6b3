import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { ModelVersionProps, Plan, Track } from "../../lib";
import { CONTRACT } from "../../lib/core/contract";
import { readContainer } from "../../lib/drivers/rehearsal/servers/container";
import { Sandbox } from "../../lib/drivers/rehearsal/servers/sandbox";
import { eventually, type TestCluster } from "./cluster";
import type { MeshProcess, TestMesh } from "./cluster-mesh";

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: { readonly podIP?: string };
}

const EXAMPLE = join(__dirname, "../../examples/digits-canary");
const SERVER = join(__dirname, "../../serving-image/dist/main.js");

/** Recorded requests of the example's models, with the answer of each version. */
export const SAMPLES = join(EXAMPLE, "samples.json");

/** A version of the example, with its file on this machine. */
export function localDigits(model: ModelVersionProps): ModelVersionProps {
  return { ...model, uri: pathToFileURL(join(EXAMPLE, "models/digits", model.version, "model.onnx")).href };
}

/** The bundled servers of the tracks of plans, each at the address of its Deployment's only pod. */
export class MeshServers {
  private readonly scratch = mkdtempSync(join(tmpdir(), "slipway-mesh-"));

  constructor(
    private readonly cluster: TestCluster,
    private readonly mesh: TestMesh,
    private readonly namespace: string,
  ) {
    afterAll(() => rmSync(this.scratch, { recursive: true }));
  }

  /** Starts the server of a track as the Deployment's container says, and waits until it is ready. */
  async start(plan: Plan, track: Track, more: Readonly<Record<string, string>> = {}): Promise<MeshProcess> {
    const container = readContainer(plan, track);
    const sandbox = new Sandbox(container, this.scratch);
    const env = Object.entries(container.env).map(([key, value]) => [key, sandbox.translate(value)]);
    const { host: address, httpPort, modelRoot } = CONTRACT.env;
    const { metadata } = await this.podOf(track);
    const server = this.mesh.serve(
      {
        as: { pod: metadata.name },
        namespace: this.namespace,
        scrape: CONTRACT.paths.metrics,
        env: { ...Object.fromEntries(env), ...more, [modelRoot]: sandbox.translate(CONTRACT.mounts.models) },
      },
      ...["sh", "-c", `${address}=$MESH_IP ${httpPort}=$MESH_PORT exec "$0" "$1"`, process.execPath, SERVER],
    );
    await eventually(
      () => Promise.resolve(server.output()),
      (printed) => printed.includes('"msg":"ready"'),
    );
    return server;
  }

  /** URL at which a track's server is reached from inside the mesh, without the gateway. */
  async addressOf(track: Track): Promise<string> {
    return `http://${(await this.podOf(track)).status.podIP}:${CONTRACT.ports.http}`;
  }

  private async podOf(track: Track): Promise<Pod> {
    const ofTrack = [`--namespace=${this.namespace}`, `--selector=slipway.dev/track=${track.name}`];
    const { items } = await eventually(
      () => this.cluster.get<{ items: Pod[] }>("pods", ...ofTrack),
      (pods) => pods.items.length === 1 && pods.items[0]?.status.podIP !== undefined,
    );
    return items[0] as Pod;
  }
}
