import type { AbExpectationProps, AbTestProps } from "../constructs/ab-test/props";
import type { Plan } from "../core/plan";
import type { AbTestPolicy } from "../strategies/ab-test/policy";
import { planFile } from "./planned-file";
import { UserError } from "./user-error";

/** An A/B test as a file declares it. */
export interface PlannedAbTest {
  readonly plan: Plan<AbTestPolicy>;
  readonly policy: AbTestPolicy;
  /** What its author knows of the metric beforehand. */
  readonly expected: Partial<AbExpectationProps>;
}

/** Loads and plans a props file, which must declare an A/B test. */
export async function planAbTestFile(path: string): Promise<PlannedAbTest> {
  const { source, plan } = await planFile(path);
  const { policy } = plan;
  if (policy?.strategy !== "ab-test")
    throw new UserError(`${source.file} declares no A/B test, but a ${source.construct}`);
  const { expected = {} } = source.props as AbTestProps; // planning has checked them
  return { plan: { ...plan, policy }, policy, expected };
}
