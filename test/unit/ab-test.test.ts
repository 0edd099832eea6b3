import { planAbTest, planCanaryRollout, type AbTestProps, type Plan } from "../../lib";
import { canonicalJson } from "../../lib/core/canonical";
import { timetableMarkdown } from "../../lib/core/timetable-markdown";
import { rolloutProps, versions } from "../support/plans";

const props: AbTestProps = {
  ...rolloutProps,
  variants: [versions.stable, versions.canary],
  metric: { name: "clicked" },
  unit: { cookie: {} },
  duration: "14d",
  running: true,
  analysis: { metrics: [{ name: "revenue", upperBound: 500 }] },
};

function planned(change: Partial<AbTestProps> = {}): Plan {
  const plan = planAbTest("recommender", { ...props, ...change });
  expect(plan.findings).toEqual([]);
  return plan;
}

interface Routes {
  readonly spec: {
    readonly http: readonly {
      readonly name: string;
      readonly headers?: { readonly request: { readonly set?: Record<string, string>; readonly remove: string[] } };
      readonly match?: readonly { readonly headers: Record<string, { readonly regex: string }> }[];
      readonly route: readonly {
        readonly destination: { readonly host: string };
        readonly weight?: number;
        readonly headers?: {
          readonly request: { readonly set: Record<string, string> };
          readonly response: { readonly add: Record<string, string> };
        };
      }[];
    }[];
  };
}

const SPLIT = "2-2-0-2-3-0-split";
const routesOf = (plan: Plan) => (plan.objects[SPLIT]?.manifest as unknown as Routes).spec.http;

/** The destination of a request with these headers, as Envoy chooses it: the first route that matches completely. */
function hostFor(plan: Plan, headers: Readonly<Record<string, string>>): string | undefined {
  const found = routesOf(plan).find(({ match }) =>
    (match ?? []).some((each) =>
      Object.entries(each.headers).every(([name, { regex }]) =>
        new RegExp(`^(?:${regex})$`).test(headers[name] ?? "\n"),
      ),
    ),
  );
  return found?.route[0]?.destination.host;
}

const cookieOf = (plan: Plan, bucket: number) =>
  routesOf(plan).at(-1)?.route[bucket]?.headers?.response.add["set-cookie"] ?? "";
const sent = (setCookie: string) => setCookie.split(";")[0] ?? "";

describe("a test as a program", () => {
  test("a new user gets a random bucket in a cookie, and the variant of that bucket", () => {
    const unassigned = routesOf(planned({ split: { "2.2.0": 90, "2.3.0": 10 } })).at(-1)?.route ?? [];
    expect(unassigned).toHaveLength(100);
    expect(unassigned.every(({ weight }) => weight === 1)).toBe(true);
    expect(unassigned.filter(({ destination }) => destination.host === "recommender-2-3-0")).toHaveLength(10);
    expect(cookieOf(planned(), 7)).toMatch(/^slipway-[0-9a-z]{8}=7; Max-Age=2592000; Path=\/; SameSite=Lax$/);
  });

  test("the servers learn the bucket of each request and which users are new, from headers that callers cannot set", () => {
    const [first, , last] = routesOf(planned());
    const [cookie = ""] = sent(cookieOf(planned(), 7)).split("=");
    expect(first?.headers?.request).toEqual({
      set: { "x-slipway-bucket-source": `header=x-slipway-bucket,cookie=${cookie}` },
      remove: ["x-slipway-new-user"],
    });
    expect(last?.route.map(({ headers }) => headers?.request.set["x-slipway-new-user"])).toEqual(
      Array.from({ length: 100 }, (_, bucket) => String(bucket)),
    );
    const byHeader = routesOf(planned({ unit: { header: {} } }));
    expect(byHeader[0]?.headers?.request.set).toEqual({ "x-slipway-bucket-source": "header=x-slipway-bucket" });
    expect(byHeader.at(-1)?.headers?.request).toEqual({ remove: ["x-slipway-bucket-source", "x-slipway-new-user"] });
  });

  test("a returning user gets the same variant, by the cookie among other cookies or by the header", () => {
    const plan = planned();
    for (let bucket = 0; bucket < 100; bucket++) {
      const own = routesOf(plan).at(-1)?.route[bucket]?.destination.host;
      const cookie = sent(cookieOf(plan, bucket));
      for (const text of [cookie, `a=b; ${cookie}`, `${cookie}; c=d`, `a=1; ${cookie}; c=d`])
        expect(hostFor(plan, { cookie: text })).toBe(own);
      expect(hostFor(plan, { "x-slipway-bucket": String(bucket) })).toBe(own);
    }
    for (const cookie of ["", "a=b", `x${sent(cookieOf(plan, 1))}`, `${sent(cookieOf(plan, 1))}00`, "slipway=1"])
      expect(hostFor(plan, { cookie })).toBeUndefined();
  });

  test("a change of the split moves as few users as possible, and their cookies stay valid", () => {
    const [half, less] = [planned(), planned({ split: { "2.2.0": 60, "2.3.0": 40 } })];
    const moved = Array.from({ length: 100 }, (_, bucket) => ({ cookie: sent(cookieOf(half, bucket)) })).filter(
      (headers) => hostFor(half, headers) !== hostFor(less, headers),
    );
    expect(moved).toHaveLength(10);
  });

  test("a test of other versions assigns its users independently", () => {
    const next = planned({ variants: [versions.canary, { ...versions.canary, version: "2.4.0" }] });
    const name = (plan: Plan, split: string) =>
      canonicalJson(plan.objects[split]?.manifest).match(/slipway-\w{8}=/)?.[0];
    expect(name(planned(), SPLIT)).not.toBe(name(next, "2-3-0-2-4-0-split"));
  });

  test("by header, callers without a bucket get no cookie", () => {
    const plan = planned({ unit: { header: {} }, split: { "2.2.0": 70, "2.3.0": 30 } });
    expect(canonicalJson(plan.objects[SPLIT]?.manifest)).not.toContain("cookie");
    expect(
      routesOf(plan)
        .at(-1)
        ?.route.map(({ weight }) => weight),
    ).toEqual([70, 30]);
  });

  test("by hash, the gateway computes the bucket, with its own salt and header for each test", () => {
    const unit = { hash: { header: "x-user-id" } };
    const { manifest } = planned({ unit }).objects["2-2-0-2-3-0-buckets"] ?? {};
    expect(manifest).toMatchObject({ kind: "EnvoyFilter", metadata: { namespace: "istio-ingress" } });
    const [header = ""] = /x-slipway-bucket-\w+/.exec(canonicalJson(manifest)) ?? [];
    expect(routesOf(planned({ unit }))[0]?.match?.[0]?.headers).toHaveProperty(header);
    const next = planned({ unit, variants: [versions.canary, { ...versions.canary, version: "2.4.0" }] });
    const other = canonicalJson(next.objects["2-3-0-2-4-0-buckets"]?.manifest);
    expect(other).toContain("recommender-2-3-0-2-4-0/");
    expect(other).not.toContain(header);
    expect(hostFor(planned({ unit }), { "x-slipway-bucket": "1" })).toBeUndefined();
  });

  test("its start and its end change only the split and its alerts, and the control serves all users before and after", () => {
    const [prepared, running] = [planned({ running: false }), planned()];
    const changed = Object.keys(running.objects).filter(
      (role) => canonicalJson(running.objects[role]?.manifest) !== canonicalJson(prepared.objects[role]?.manifest),
    );
    expect(changed).toEqual([expect.stringMatching(/-comparison$/), SPLIT]);
    expect(routesOf(prepared)[0]?.route.map(({ weight }) => weight)).toEqual([100, 0]);
  });

  test("the version that a canary promoted is its control, unchanged", () => {
    const before = planCanaryRollout("recommender", { ...rolloutProps, ...versions });
    const after = planned({ variants: [versions.canary, { ...versions.canary, version: "2.4.0" }] });
    const roles = Object.keys(before.objects).filter((role) => role.startsWith("2-3-0-"));
    expect(roles.length).toBeGreaterThan(8);
    for (const role of roles)
      expect(canonicalJson(after.objects[role]?.manifest)).toBe(canonicalJson(before.objects[role]?.manifest));
  });

  test("the timetable shows the split and states the error rates", () => {
    expect(planned({ running: false }).timetable?.current).toBe(0);
    const { timetable } = planned();
    expect(timetable?.current).toBe(1);
    expect(timetable && timetableMarkdown(timetable)).toMatchSnapshot();
  });
});

describe("findings", () => {
  test.each<[string, Partial<AbTestProps>, string]>([
    ["one variant", { variants: [versions.stable] }, "SLW311 variants: 2.2.0 is the only variant."],
    [
      "a version twice",
      { variants: [versions.stable, versions.stable] },
      "SLW312 variants[1].version: 2.2.0 is already a variant.",
    ],
    ["no unit", { unit: {} }, "SLW005 unit: it does not say how users are pinned to variants."],
    [
      "a user's id in no header",
      { unit: { hash: { header: "x user" } } },
      'SLW010 unit.hash.header: "x user" is not a valid header or cookie name.',
    ],
    ["two units", { unit: { cookie: {}, header: {} } }, "SLW005 unit: it names two ways to pin users."],
    ["a split that leaves users over", { split: { "2.2.0": 50, "2.3.0": 40 } }, "SLW335 split: 50 + 40 is 90."],
    [
      "a split of others",
      { split: { "2.2.0": 50, "2.4.0": 50 } },
      "SLW334 split: 2.3.0 is missing, there is no variant 2.4.0.",
    ],
    [
      "a guardrail on what decides",
      { analysis: { metrics: [{ name: "clicked" }] } },
      'SLW313 analysis.metrics[0].name: "clicked" is the metric that decides the test.',
    ],
    [
      "a cookie name with a space",
      { unit: { cookie: { name: "my cookie" } } },
      'SLW010 unit.cookie.name: "my cookie" is not a valid header or cookie name.',
    ],
  ])("%s", (_what, change, expected) => {
    const plan = planAbTest("recommender", { ...props, ...change });
    expect(plan.findings.map(({ code, path, message }) => `${code} ${path}: ${message}`)).toEqual([expected]);
    expect(plan.objects).toEqual({});
  });

  test("a test without a business guardrail gets a warning", () => {
    const { analysis, ...unguarded } = props;
    expect(planAbTest("recommender", unguarded).findings).toMatchObject([{ code: "SLW314", severity: "warning" }]);
  });

  test("a duration that is too short for the effect is reported with the time that it needs", () => {
    const expected = { valuesPerHour: 1000, mean: 0.03 };
    const [finding] = planAbTest("recommender", { ...props, expected, duration: "2d" }).findings;
    expect(finding).toMatchObject({ code: "SLW315", path: "duration" });
    const [, long = ""] = /^about (\S+) or longer$/.exec(finding?.allowed ?? "") ?? [];
    expect(planAbTest("recommender", { ...props, expected, duration: long }).findings).toEqual([]);
  });
});
