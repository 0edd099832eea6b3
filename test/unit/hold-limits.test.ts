import { planBlueGreenPair, planCanaryRollout, planShadowDeployment, type HoldProps, type Plan } from "../../lib";
import { formatFinding } from "../../lib/core/findings/finding";
import { canaryProps, rolloutProps, versions } from "../support/plans";

const { stable, canary } = versions;

/** A plan of each rollout with one candidate. */
const plans: Readonly<Record<string, (analysis: HoldProps) => Plan>> = {
  canary: (analysis) => planCanaryRollout("recommender", { ...canaryProps, analysis }),
  "blue-green": (analysis) =>
    planBlueGreenPair("recommender", { ...rolloutProps, blue: stable, green: canary, live: "blue", analysis }),
  shadow: (analysis) =>
    planShadowDeployment("recommender", { ...rolloutProps, live: stable, shadow: canary, analysis }),
};

describe.each(Object.entries(plans))("how long a %s holds before it pauses", (_, planned) => {
  it("is four extensions without data, and an hour of an incident, by default", () => {
    expect(planned({}).policy).toMatchObject({ maxExtensions: 4, maxUnwellSeconds: 3600 });
  });

  it("can be declared, and is shown in the timetable", () => {
    const { policy, timetable } = planned({ maxExtensions: 7, incidentTimeout: "20m" });
    expect(policy).toMatchObject({ maxExtensions: 7, maxUnwellSeconds: 1200 });
    expect(timetable?.notes.join("\n")).toContain("is extended, up to 7 times; then the rollout pauses");
    expect(timetable?.notes).toContain(
      "While both versions miss an objective, nothing is judged and the weights stay as they are; after 20m the rollout pauses until an operator decides.",
    );
  });

  it("needs samples of the whole stage, by the interval of the scrapes", () => {
    expect(planned({}).policy).toMatchObject({ scrapeSeconds: 15 });
  });

  it("is at least a minute of an incident, which takes as long to be noticed", () => {
    expect(planned({ incidentTimeout: "59s" }).findings.map(formatFinding)[0]).toMatch(
      /^SLW006 analysis\.incidentTimeout: "59s" is out of range\./,
    );
  });
});
