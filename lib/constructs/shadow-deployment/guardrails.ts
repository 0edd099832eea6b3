import type { Diagnostics } from "../../core/findings/diagnostics";
import { checkProduction } from "../common/production";
import { checkRollout, checkWatchTime } from "../common/rollout-guardrails";
import type { ParsedShadowProps } from "./schema";

/** What refuses a shadow although each of its props is sound by itself. */
export function checkShadow(props: ParsedShadowProps, diagnostics: Diagnostics): void {
  checkRollout(props, diagnostics);
  checkVersions(props, diagnostics);
  checkWatchTime(props.monitoring, { path: "duration", seconds: props.duration }, diagnostics);
  const [live, shadow] = [
    { path: "live", model: props.live },
    { path: "shadow", model: props.shadow },
  ] as const;
  // No user meets the shadow, so it needs no evidence: it is what gathers some. What evidence is given must be its own.
  checkProduction(props, [live, shadow], [], diagnostics);
}

function checkVersions({ live, shadow }: ParsedShadowProps, diagnostics: Diagnostics): void {
  if (live.version !== shadow.version) return;
  diagnostics.error("SLW321", "shadow.version", {
    message: `${shadow.version} is the live version already.`,
    fix: "Name the version that is to be compared with it.",
  });
}
