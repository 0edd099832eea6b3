import * as pulumi from "@pulumi/pulumi";

/** A resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent: string;
  /** Inputs as they go to the engine; a leaf that is not known yet is {@link UNKNOWN}. */
  readonly inputs: Record<string, unknown>;
  readonly ignoreChanges: readonly string[];
  readonly dependencies: readonly string[];
  /** URNs of the parents that it may have had before. */
  readonly formerParents: readonly string[];
}

/** How the engine marks a value that is not known in a preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The part of a registration request that the mocks do not pass on. */
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getParent(): string;
  getObject(): { toJavaScript(): Record<string, unknown> };
  getIgnorechangesList(): string[];
  getDependenciesList(): string[];
  getAliasesList(): { getSpec(): { getParenturn(): string } | undefined }[];
}

interface Monitor {
  registerResource(request: RegisterRequest, callback: unknown): Promise<void>;
}

/** Runs a Pulumi program without a CLI and returns what it registered, in order. */
export async function runProgram(program: () => void, options: { preview: boolean }): Promise<Registered[]> {
  await pulumi.runtime.setMocks(
    { newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs }), call: ({ inputs }) => inputs },
    "project",
    "stack",
    options.preview,
  );
  const registered: Registered[] = [];
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const original = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    registered.push({
      type: request.getType(),
      name: request.getName(),
      custom: request.getCustom(),
      parent: request.getParent(),
      inputs: request.getObject().toJavaScript(),
      ignoreChanges: request.getIgnorechangesList(),
      dependencies: request.getDependenciesList(),
      formerParents: request.getAliasesList().flatMap((alias) => alias.getSpec()?.getParenturn() ?? []),
    });
    return original(request, callback);
  };
  const engineLog = jest.spyOn(console, "log").mockImplementation(); // the mocked engine prints the program's log there
  program();
  await pulumi.runtime.disconnect();
  engineLog.mockRestore();
  return registered;
}

/** A value that a preview does not know yet. */
export function unknownLeaf(): pulumi.Output<string> {
  return pulumi.output(pulumi.unknown) as pulumi.Output<string>;
}
