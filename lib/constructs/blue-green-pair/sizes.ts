import type { Autoscaling, ModelVersion } from "../common/schema";
import { BlueGreenColor, IdleColor } from "./props";
import type { ParsedBlueGreenProps } from "./schema";

/** Versions that run: all but a retired one. */
export function servedModels({ blue, green, live, idle }: ParsedBlueGreenProps): ModelVersion[] {
  if (idle !== IdleColor.Retired) return [blue, green];
  return live === BlueGreenColor.Blue ? [blue] : [green];
}

/**
 * How many replicas a color has. Neither size depends on which color is live, so that the switch changes only the split:
 * green is large enough to take over from the start, and the autoscaler keeps blue's size while green is monitored.
 */
export function autoscalingOf(props: ParsedBlueGreenProps, model: ModelVersion): Autoscaling {
  const { autoscaling, live, idle, watchFor } = props;
  const isLive = model === (live === BlueGreenColor.Blue ? props.blue : props.green);
  if (idle === IdleColor.Full) {
    const prepared = props.preparedReplicas ?? autoscaling.maxReplicas;
    return {
      ...autoscaling,
      minReplicas: model === props.green ? prepared : autoscaling.minReplicas,
      scaleDownWindow: Math.max(autoscaling.scaleDownWindow, watchFor),
    };
  }
  return isLive ? autoscaling : { ...autoscaling, minReplicas: props.standbyReplicas };
}
