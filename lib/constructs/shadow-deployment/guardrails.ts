import type { Report } from "../../core/findings/report";
import { checkProduction } from "../common/production";
import { checkRollout, checkWatchTime } from "../common/rollout-guardrails";
import type { ShadowRead } from "./checks";

/** What refuses a shadow although each of its props is sound by itself. */
export function checkShadow(props: ShadowRead, report: Report): void {
  checkRollout(props, report);
  checkVersions(props, report);
  checkWatchTime(props.monitoring, { path: "duration", seconds: props.duration }, report);
  const [live, shadow] = [
    { path: "live", model: props.live },
    { path: "shadow", model: props.shadow },
  ] as const;
  // No user meets the shadow, so it needs no evidence: it is what gathers some. What evidence is given must be its own.
  checkProduction(props, [live, shadow], [], report);
}

function checkVersions({ live, shadow }: ShadowRead, report: Report): void {
  if (live.version !== shadow.version) return;
  report.error("SLW321", "shadow.version", {
    message: `${shadow.version} is the live version already.`,
    fix: "Name the version that is to be compared with it.",
  });
}
