import type { ServerConfig } from "./config/settings";
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
    this.witnesses = [this.comparison].filter((witness) => witness !== undefined);
  }
}
