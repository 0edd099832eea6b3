import fc from "fast-check";
import {
  formatFinding,
  planCanaryRollout,
  planInferenceAutoscaler,
  planModelService,
  type CanaryRolloutProps,
  type InferenceAutoscalerProps,
  type ModelServiceProps,
  type Plan,
  type Timetable,
} from "../../lib";
import { inDependencyOrder } from "../../lib/adapters/order";
import { isDnsLabel, isLabelValue } from "../../lib/core/values/name";
import { canaryRolloutProps, constructName, modelServiceProps } from "../support/arbitraries";

const RUNS = { numRuns: 100 };

/** The problems of a plan, of any construct, from valid props. */
function flaws(plan: Plan): string[] {
  const manifests = Object.values(plan.objects).map(({ manifest }) => manifest);
  const names = manifests.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`);
  const labels = manifests.flatMap(({ metadata }) => Object.values(metadata.labels ?? {}));
  return [
    ...plan.findings.map(formatFinding),
    ...names.filter((name, index) => names.indexOf(name) < index).map((name) => `twice: ${name}`),
    ...manifests
      .filter(({ metadata }) => !isDnsLabel(metadata.name))
      .map(({ metadata }) => `no name: ${metadata.name}`),
    ...labels.filter((value) => !isLabelValue(value)).map((value) => `no label: ${value}`),
    ...manifests.flatMap((manifest) => hollow(manifest)),
    ...plan.owners.filter(({ role }) => !(role in plan.objects)).map(({ role }) => `owner of nothing: ${role}`),
    ...misordered(plan),
  ];
}

/** Paths of values that an API server would drop or change, such as `undefined`. */
function hollow(value: unknown, path = ""): string[] {
  if (value === undefined || value === null || Number.isNaN(value)) return [`${path}: ${String(value)}`];
  if (typeof value !== "object") return [];
  const entries = Object.entries(value);
  return entries.length === 0
    ? [`${path}: empty`]
    : entries.flatMap(([key, member]) => hollow(member, `${path}.${key}`));
}

/** Roles that are not created after what they depend on. */
function misordered({ objects }: Plan): string[] {
  const order = inDependencyOrder(objects).map(({ role }) => role);
  const before = (needed: string, role: string) =>
    order.includes(needed) && order.indexOf(needed) < order.indexOf(role);
  return Object.entries(objects).flatMap(([role, { dependsOn }]) =>
    dependsOn.filter((needed) => !before(needed, role)).map((needed) => `${role} before ${needed}`),
  );
}

/** The same data with the keys of every object written in the opposite order. */
function backwards<T>(value: T): T {
  if (Array.isArray(value)) return value.map(backwards) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, backwards(member)] as const)
      .reverse(),
  ) as T;
}

/** The weights of the object that routes, and whether each is a whole percent. */
function splitWeights(plan: Plan): number[] {
  const [role] = Object.keys(plan.objects).filter((each) => each.endsWith("-split"));
  const spec = plan.objects[role as string]?.manifest.spec as { http: { route: { weight: number }[] }[] };
  return spec.http.flatMap(({ route }) => route.map(({ weight }) => weight));
}

describe("valid props make valid plans", () => {
  test("of a ModelService", () => {
    fc.assert(
      fc.property(constructName, modelServiceProps, (name, props) => {
        expect(flaws(planModelService(name, props))).toEqual([]);
      }),
      RUNS,
    );
  });

  test("of a CanaryRollout, at every one of its stages", () => {
    fc.assert(
      fc.property(constructName, canaryRolloutProps, fc.nat(), (name, props, nth) => {
        const plan = planCanaryRollout(name, props);
        expect(flaws(plan)).toEqual([]);
        const { stages } = plan.timetable as Timetable;
        const [stable, canary] = plan.tracks.map((track) => track.name) as [string, string];
        const shares = stages.map(({ weights }) => weights[canary] as number);
        expect(stages.map(({ weights }) => weights)).toEqual(
          shares.map((weight) => ({ [stable]: 100 - weight, [canary]: weight })),
        );
        expect([shares[0], shares.at(-1)]).toEqual([0, 100]);
        expect(shares).toEqual([...new Set(shares)].sort((a, b) => a - b));

        const number = nth % stages.length;
        const stage = { canary: props.canary.version, number };
        const staged = planCanaryRollout(name, { ...props, traffic: { ...props.traffic, stage }, controller: {} });
        expect(splitWeights(staged)).toEqual([100 - (shares[number] as number), shares[number]]);
      }),
      RUNS,
    );
  });

  test("the same each time, through JSON, and for props in any order", () => {
    fc.assert(
      fc.property(constructName, canaryRolloutProps, (name, props) => {
        const text = JSON.stringify(planCanaryRollout(name, props));
        const again = [props, JSON.parse(JSON.stringify(props)) as CanaryRolloutProps, backwards(props)];
        return again.every((each) => JSON.stringify(planCanaryRollout(name, each)) === text);
      }),
      RUNS,
    );
  });
});

describe("any props at all get a plan or findings", () => {
  const key = fc.oneof(
    fc.string(),
    fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty"),
  );
  const garbage = fc.anything({
    key,
    maxDepth: 3,
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  });
  const symbolOr = fc.oneof(
    { weight: 9, arbitrary: garbage },
    { weight: 1, arbitrary: fc.constantFrom(Symbol("a"), () => 1) },
  );

  /** Valid props with something else in one place. */
  const broken = fc.tuple(canaryRolloutProps, fc.nat(), symbolOr, fc.boolean()).map(([props, nth, value, removed]) => {
    const places = placesIn(props);
    const [holder, name] = places[nth % places.length] as [Record<string, unknown>, string];
    if (removed) delete holder[name];
    else Object.defineProperty(holder, name, { value, enumerable: true, writable: true, configurable: true });
    return props;
  });

  const prototype = Object.getOwnPropertyNames(Object.prototype).join();
  afterEach(() => expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(prototype));

  const SENTENCES = /^SLW\d{3} \S[^]*: [^]+\. Fix: [^]+\.$/;
  const isRejected = (plan: Plan): boolean =>
    plan.findings.length > 0 &&
    Object.keys(plan.objects).length === 0 &&
    plan.findings.every((finding) => SENTENCES.test(formatFinding(finding)));
  const isPlanned = (plan: Plan): boolean =>
    plan.findings.every(({ severity }) => severity === "warning") && Object.keys(plan.objects).length > 0;

  test("garbage is rejected", () => {
    fc.assert(
      fc.property(
        symbolOr,
        symbolOr,
        (name, props) =>
          isRejected(planCanaryRollout(name as string, props as CanaryRolloutProps)) &&
          isRejected(planModelService(name as string, props as ModelServiceProps)) &&
          isRejected(planInferenceAutoscaler(name as string, props as InferenceAutoscalerProps)),
      ),
      { numRuns: 500 },
    );
  });

  test("garbage in one place of valid props is rejected, unless it is valid there", () => {
    fc.assert(
      fc.property(constructName, broken, (name, props) => {
        const plan = planCanaryRollout(name, props);
        return isRejected(plan) || isPlanned(plan);
      }),
      { numRuns: 500 },
    );
  });

  test("arbitrary overrides are merged, rejected or unused, and pollute no prototype", () => {
    const role = fc.oneof(key, fc.constantFrom("deployment", "split", "route", "record", "2-3-0-service"));
    const overrides = fc.dictionary(
      role,
      fc.dictionary(fc.oneof(key, fc.constantFrom("metadata", "spec", "data")), garbage, { maxKeys: 3 }),
      { maxKeys: 3 },
    );
    fc.assert(
      fc.property(canaryRolloutProps, overrides, (props, patches) => {
        const plan = planCanaryRollout("recommender", { ...props, overrides: patches });
        return isRejected(plan) || isPlanned(plan);
      }),
      RUNS,
    );
  });
});

/** Every member of the data, with the object that has it and its name there. */
function placesIn(value: unknown): [Record<string, unknown>, string][] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((name) => [
    [holder, name] as [Record<string, unknown>, string],
    ...placesIn(holder[name]),
  ]);
}
