import { object, optional } from "../core/checks/check";
import { Diagnostics } from "../core/findings/diagnostics";
import type { Plan } from "../core/plan";
import { onnx } from "./onnx/runtime";
import type { RuntimeProps } from "./props";
import { hasCapability, RUNTIME_CAPABILITIES, type Runtime, type RuntimeCapability } from "./runtime";

export type RuntimeName = keyof RuntimeProps;

/** Every runtime, by its member of `runtime`. */
export const RUNTIMES: Readonly<Record<RuntimeName, Runtime<unknown>>> = { onnx };

/** What serves models where the props do not say. */
export const DEFAULT_RUNTIME: RuntimeName = "onnx";

/** The runtime that serves the models of a construct, with its settings. */
export interface ConfiguredRuntime {
  readonly name: RuntimeName;
  readonly runtime: Runtime<unknown>;
  readonly settings: unknown;
}

/** What a construct needs of its runtime, and the path of the prop that asks for it. */
export interface RuntimeNeed {
  readonly capability: RuntimeCapability;
  readonly path: string;
}

/** The members of `runtime`, parsed. */
export type ParsedRuntime = Readonly<Record<string, unknown>>;

export const parseRuntime = object(
  Object.fromEntries(Object.entries(RUNTIMES).map(([name, runtime]) => [name, optional(runtime.parse)])),
);

/** The runtime that is named, or the default. */
export function runtimeOf(parsed: ParsedRuntime | undefined): ConfiguredRuntime {
  return namedRuntimes(parsed)[0] ?? defaultRuntime();
}

/** The runtime that serves the tracks of a plan. */
export function runtimeOfPlan({ runtime = DEFAULT_RUNTIME }: Pick<Plan, "runtime">): Runtime<unknown> {
  return RUNTIMES[runtime as RuntimeName];
}

/** Reports props that do not name exactly one runtime. */
export function checkRuntime(parsed: ParsedRuntime | undefined, diagnostics: Diagnostics): void {
  const named = namedRuntimes(parsed);
  if (parsed === undefined || named.length === 1) return;
  diagnostics.error("SLW005", "runtime", {
    message: named.length === 0 ? "it names no runtime." : "it names more than one runtime.",
    allowed: `exactly one of: ${Object.keys(RUNTIMES).join(", ")}`,
    fix: `Leave it out for ${RUNTIMES[DEFAULT_RUNTIME].title}, or name one.`,
  });
}

/** Reports each need that the runtime cannot meet, with the runtimes that can. */
export function checkRuntimeCapabilities(
  { runtime }: Pick<ConfiguredRuntime, "runtime">,
  needs: readonly RuntimeNeed[],
  diagnostics: Diagnostics,
): void {
  for (const { capability, path } of needs) {
    if (hasCapability(runtime, capability)) continue;
    const able = Object.entries(RUNTIMES).filter(([, each]) => hasCapability(each, capability));
    diagnostics.error("SLW402", path, {
      message: `${runtime.title} cannot ${RUNTIME_CAPABILITIES[capability]}.`,
      ...(able.length > 0 && { allowed: able.map(([name]) => `runtime.${name}`).join(", ") }),
      fix: able.length > 0 ? "Use a runtime that can." : "Leave it out: no runtime can.",
    });
  }
}

function defaultRuntime(): ConfiguredRuntime {
  const runtime = RUNTIMES[DEFAULT_RUNTIME];
  const settings = runtime.parse({}, `runtime.${DEFAULT_RUNTIME}`, new Diagnostics());
  return { name: DEFAULT_RUNTIME, runtime, settings };
}

function namedRuntimes(parsed: ParsedRuntime = {}): ConfiguredRuntime[] {
  return (Object.keys(RUNTIMES) as RuntimeName[]).flatMap((name) => {
    const settings = parsed[name];
    return settings === undefined ? [] : [{ name, runtime: RUNTIMES[name], settings }];
  });
}
