import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { describeIf, OUTSIDE_TIMEOUT_MS } from "./describe-if";

/** The exit code of `kubectl diff` where it found a difference. */
const DIFFERENT = 1;
const STRICT = ["--validate=strict", "--warnings-as-errors"];

/** A Kubernetes cluster made for tests. */
export interface TestCluster {
  /** Runs kubectl against it and returns its output. Fails with its error output. */
  kubectl(args: readonly string[], stdin?: string): Promise<string>;
  /**
   * Applies manifests strictly: an unknown field is an error, and so is a warning. Returns one line per object, such as
   * `service/digits unchanged`.
   */
  apply(yaml: string, options?: ApplyOptions): Promise<string[]>;
  /** What applying manifests would change, as `diff` prints it; empty if nothing. */
  diff(yaml: string, options?: Omit<ApplyOptions, "dryRun">): Promise<string>;
  /** One object, or a list of them, as JSON. `args` are those of `kubectl get`. */
  get<T>(...args: readonly string[]): Promise<T>;
  /**
   * Creates a namespace for the tests of this `describe`, and deletes it after them.
   *
   * @returns its name
   */
  namespace(): string;
}

export interface ApplyOptions {
  readonly namespace?: string;
  /**
   * The server validates everything and stores nothing.
   * @default false
   */
  readonly dryRun?: boolean;
  /**
   * Server-side apply, as Pulumi does it.
   * @default false
   */
  readonly serverSide?: boolean;
  /**
   * Field manager.
   * @default - kubectl
   */
  readonly fieldManager?: string;
}

/** The cluster of SLIPWAY_TEST_KUBECONFIG; never that of KUBECONFIG, which may be the developer's own. */
export function testCluster(): TestCluster | undefined {
  const kubeconfig = process.env.SLIPWAY_TEST_KUBECONFIG;
  return kubeconfig === undefined ? undefined : clusterAt(kubeconfig);
}

/** `describe` for tests that need a cluster: skipped, with a line that says so, if there is none. */
export function describeWithCluster(name: string, body: (cluster: TestCluster) => void): void {
  describeIf(testCluster(), "needs a test cluster, named by SLIPWAY_TEST_KUBECONFIG", name, body);
}

/** Reads again and again until the value is as wanted; fails with the last one after half a minute. */
export async function eventually<T>(read: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  const end = Date.now() + OUTSIDE_TIMEOUT_MS / 2;
  for (;;) {
    const value = await read();
    if (wanted(value)) return value;
    if (Date.now() > end) throw new Error(`still not as wanted: ${JSON.stringify(value)}`);
    await sleep(200);
  }
}

function clusterAt(kubeconfig: string): TestCluster {
  const program = process.env.SLIPWAY_TEST_KUBECTL ?? "kubectl";
  const kubectl = (args: readonly string[], stdin = "", fine = 0): Promise<string> =>
    run(program, [`--kubeconfig=${kubeconfig}`, ...args], stdin, fine);

  return {
    kubectl,
    apply: async (yaml, options = {}) => {
      const printed = await kubectl(["apply", ...STRICT, ...flags(options), "-f", "-"], yaml);
      return printed.split("\n").filter((line) => line !== "");
    },
    diff: (yaml, options = {}) => kubectl(["diff", ...flags(options), "-f", "-"], yaml, DIFFERENT),
    get: async <T>(...args: readonly string[]) => JSON.parse(await kubectl(["get", "-o=json", ...args])) as T,
    namespace: () => {
      const name = `slipway-test-${randomBytes(4).toString("hex")}`;
      beforeAll(() => kubectl(["create", "namespace", name]), OUTSIDE_TIMEOUT_MS);
      afterAll(() => kubectl(["delete", "namespace", name, "--wait=false"]), OUTSIDE_TIMEOUT_MS);
      return name;
    },
  };
}

function flags({ namespace, dryRun = false, serverSide = false, fieldManager }: ApplyOptions): string[] {
  return [
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
    ...(dryRun ? ["--dry-run=server"] : []),
    ...(serverSide ? ["--server-side"] : []),
    ...(fieldManager === undefined ? [] : [`--field-manager=${fieldManager}`]),
  ];
}

/** @param fine an exit code that is not a failure, besides 0 */
function run(program: string, args: readonly string[], stdin: string, fine: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error === null || error.code === fine) resolve(stdout);
      else reject(new Error(`${program} ${args.join(" ")}: ${stderr.trim() || error.message}`));
    });
    child.stdin?.on("error", () => undefined); // a program that fails at once reads nothing: its exit code and output say why
    child.stdin?.end(stdin);
  });
}
