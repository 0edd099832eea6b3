import type { Calibration } from "../../strategies/calibration/calibrate";
import { DivisionUnit, podsFor } from "../../strategies/calibration/divide";
import type { ServiceHistory } from "../../strategies/calibration/history";
import { quantileAmong } from "../../strategies/calibration/measures";
import { strategyOf } from "../../strategies/registry";

/** What a replay can and cannot see. */
export function describeDivision(calibration: Calibration, history: ServiceHistory): readonly string[] {
  return [ofUnit(calibration, history), ...ofCandidate(calibration)];
}

function ofUnit({ unit, policy }: Calibration, { intervals }: ServiceHistory): string {
  switch (unit) {
    case DivisionUnit.Pods: {
      const pods = quantileAmong(
        intervals.map((each) => Object.keys(each.pods).length),
        0.5,
      );
      const smallest = Math.round((100 * podsFor(0.01, pods)) / Math.max(1, pods));
      return `Divided by pods: clumps of errors and slow pods stay whole, and both roles are of the same time. The smallest share of ${pods} pods is ${smallest}%, so a smaller weight is replayed with more data than it will have.`;
    }
    case DivisionUnit.Intervals:
      return `Divided by intervals: an incident that is shorter than a few intervals falls on one role, although a rollout would have spread it over both, so the rate is too high rather than too low. Compare it with --split requests.${policy.scrapeSeconds === undefined ? " Gaps in the data are not tested." : ""}`;
    case DivisionUnit.Requests:
      return "Divided request by request: both roles are of the same time, but clumps of errors are torn apart and slow pods are averaged, so the rate is too low rather than too high. Compare it with --split pods or intervals.";
  }
}

function ofCandidate({ policy, leftOut }: Calibration): readonly string[] {
  const strategy = strategyOf(policy);
  return [
    "Not replayed: cold starts of new pods, missing replicas, and what a new version does to others, such as an emptied cache.",
    ...(leftOut.length > 0 ? [`Left out, because the history has no data for them: ${leftOut.join(", ")}.`] : []),
    ...(strategy.requirements(policy).preview === undefined ? [] : ["The smoke test counts as passed."]),
  ];
}
