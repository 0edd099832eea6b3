import type { Diagnostics } from "../../core/findings/diagnostics";
import { checkObservationTime, checkWarmUp } from "../common/rollout-guardrails";
import type { ParsedShadowProps } from "./schema";

/** Rules across the props of a shadow. */
export function checkShadow(props: ParsedShadowProps, diagnostics: Diagnostics): void {
  checkVersions(props, diagnostics);
  checkCopies(props, diagnostics);
  checkObservationTime(props.monitoring, { path: "duration", seconds: props.duration }, diagnostics);
  checkWarmUp(props.analysis, { path: "duration", seconds: props.duration }, diagnostics);
}

function checkCopies({ percent }: ParsedShadowProps, diagnostics: Diagnostics): void {
  if (percent > 0) return;
  diagnostics.warning("SLW322", "percent", {
    message: "0% of the requests are copied, so nothing is compared.",
    allowed: "0 stops the copies; 1 to 100 copies that many percent",
    fix: "Raise it to compare predictions again.",
  });
}

function checkVersions({ live, shadow }: ParsedShadowProps, diagnostics: Diagnostics): void {
  if (live.version !== shadow.version) return;
  diagnostics.error("SLW321", "shadow.version", {
    message: `${shadow.version} is already the live version.`,
    fix: "Name the version that is to be compared with it.",
  });
}
