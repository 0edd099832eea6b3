import { asVersion, gatewayErrorRatio, gatewayFailures, gatewayRequests } from "./gateway";
import { enoughFailures, errorRatio, MIN_FAILURES, onSameModel, requestCount } from "./promql";
import { hasGateway, hasMetrics, type Series } from "./series";

/** Standard errors beyond the margin from which a difference is not chance: where traffic is thin, errors come in clumps. */
const SIGNIFICANT_Z = 1.645;

/** The limits of a comparison of error rates. */
export interface ErrorLimits {
  /** How much higher the candidate's may be, as a factor. */
  readonly factor: number;
  /** Share of failed requests below which no comparison matters. */
  readonly floor: number;
}

/**
 * True where a candidate fails more often than the baseline of the same time, as the gateway or the server counts. Each
 * side is compared with itself: an outage of both versions is nobody's fault.
 */
export function failsMore(
  baseline: Series,
  candidate: Series,
  limits: ErrorLimits,
  window: string,
): string | undefined {
  const conditions = [
    atGateway(baseline, candidate, limits, window),
    inServer(baseline, candidate, limits, window),
  ].filter((each) => each !== undefined);
  return conditions.length === 0 ? undefined : conditions.join(" or ");
}

function atGateway(baseline: Series, candidate: Series, limits: ErrorLimits, window: string): string | undefined {
  if (!hasGateway(baseline) || !hasGateway(candidate)) return undefined;
  const condition = exceeds(
    {
      ratio: gatewayErrorRatio(candidate, window),
      requests: gatewayRequests(candidate, "increase", window),
      enough: `${gatewayFailures(candidate, "increase", window)} >= ${MIN_FAILURES}`,
    },
    { ratio: gatewayErrorRatio(baseline, window), requests: gatewayRequests(baseline, "increase", window) },
    limits,
    "",
  );
  return asVersion(candidate, condition);
}

function inServer(baseline: Series, candidate: Series, limits: ErrorLimits, window: string): string | undefined {
  if (!hasMetrics(baseline, "requests") || !hasMetrics(candidate, "requests")) return undefined;
  return exceeds(
    {
      ratio: errorRatio(candidate, window),
      requests: requestCount(candidate, window),
      enough: enoughFailures(candidate, window),
    },
    { ratio: errorRatio(baseline, window), requests: requestCount(baseline, window) },
    limits,
    `${onSameModel(candidate)} `,
  );
}

interface Counted {
  readonly ratio: string;
  /** How many requests the ratio is of. */
  readonly requests: string;
}

/** @param matching how the baseline's labels match the candidate's; the result has the candidate's */
function exceeds(
  candidate: Counted & { readonly enough: string },
  baseline: Counted,
  { factor, floor }: ErrorLimits,
  matching: string,
): string {
  const [own, other] = [`(${candidate.ratio})`, `(${baseline.ratio})`];
  const ofCandidate = `${own} * (1 - ${own}) / ${candidate.requests}`;
  const ofBaseline = `${factor} * ${own} / ${matching}${baseline.requests}`;
  const chance = `${SIGNIFICANT_Z} * sqrt(${ofCandidate} + ${ofBaseline})`;
  return [
    // Without the floor, any failure of the candidate would be an alert where the baseline has no errors.
    `(${own} > ${matching}${factor} * ${other}) > ${floor}`,
    `${own} - ${matching}${factor} * ${other} > ${chance}`,
    candidate.enough,
  ].join(" and ");
}
