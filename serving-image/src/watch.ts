import type { ServerConfig } from "./config/settings";
import { Drift } from "./drift/drift";
import type { Log } from "./observability/log";
import type { Metrics } from "./observability/metrics";
import type { Witness } from "./observability/witness";
import { Comparison } from "./shadow/comparison";

/** Whatever looks at requests besides counting them; what is switched off is not there. */
export class Watch {
  readonly comparison: Comparison | undefined;
  readonly witnesses: readonly Witness[];

  constructor(config: ServerConfig, metrics: Metrics, log: Log) {
    this.comparison = Comparison.of(config, metrics, log);
    this.witnesses = [this.comparison, driftOf(config, metrics, log)].filter((witness) => witness !== undefined);
  }
}

function driftOf({ drift, baseline, models }: ServerConfig, { registry }: Metrics, log: Log): Drift | undefined {
  const model = baseline?.model ?? models[0]?.name;
  if (!baseline || model === undefined) return undefined;
  const counted = new Drift(model, baseline, drift.sample, registry, log);
  for (const { name, version } of models) if (name === model) counted.prepare(version);
  return counted;
}
