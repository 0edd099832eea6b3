import type { Diagnostics } from "../../core/findings/diagnostics";
import { checkObservationTime } from "../common/rollout-guardrails";
import type { ParsedShadowProps } from "./schema";

/** Reports what is wrong with a shadow whose props are valid one by one. */
export function checkShadow(props: ParsedShadowProps, diagnostics: Diagnostics): void {
  checkVersions(props, diagnostics);
  checkObservationTime(props.monitoring, { path: "duration", seconds: props.duration }, diagnostics);
}

function checkVersions({ live, shadow }: ParsedShadowProps, diagnostics: Diagnostics): void {
  if (live.version !== shadow.version) return;
  diagnostics.error("SLW321", "shadow.version", {
    message: `${shadow.version} is already the live version.`,
    fix: "Name the version that is to be compared with it.",
  });
}
