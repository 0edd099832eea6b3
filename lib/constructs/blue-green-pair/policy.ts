import type { BlueGreenPolicy } from "../../strategies/blue-green/policy";
import { gatesOf } from "../common/gates";
import type { ParsedBlueGreenProps } from "./schema";

/** The policy that the declared pair is run by. */
export function blueGreenPolicy(props: ParsedBlueGreenProps, blue: string, green: string): BlueGreenPolicy {
  const { analysis, objectives, smokeTest, autoscaling } = props;
  return {
    strategy: "blue-green",
    blue,
    green,
    smokeTest: {
      requests: smokeTest.requests,
      latencyP95Seconds: smokeTest.latencyP95 ?? objectives?.latencyP95 ?? 1,
      healthPath: smokeTest.healthPath,
    },
    // Green takes all of blue's load in one moment: no autoscaler grows that fast.
    capacity: { minReadyReplicas: autoscaling.minReplicas, shareOfStable: 1 },
    gates: gatesOf(objectives, analysis),
    minimumSamples: analysis.minimumSamples,
    falseAlarmRate: analysis.falseAlarmRate,
    watchSeconds: props.watchFor,
    standbySeconds: props.standbyFor,
  };
}
