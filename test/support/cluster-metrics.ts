import { readFileSync, renameSync, writeFileSync } from "node:fs";

import { describeIf } from "./describe-if";

/** The usage that the metrics API reports for every pod. */
export interface Measured {
  /** Of each container, such as `100m`. */
  readonly cpu: string;
  /** Of each pod, by name of the metric. */
  readonly custom: Readonly<Record<string, number>>;
}

/**
 * `describe` for tests that set the metrics that autoscalers read: skipped, with a line that says so, where
 * SLIPWAY_TEST_METRICS_FILE does not name the file that the cluster's metrics API reads.
 */
export function describeWithMetrics(name: string, body: (measure: (measured: Measured) => void) => void): void {
  const how = "needs the file of the test cluster's metrics API, named by SLIPWAY_TEST_METRICS_FILE";
  describeIf(process.env.SLIPWAY_TEST_METRICS_FILE, how, name, (file) => {
    const before = readFileSync(file, "utf8");
    const write = (text: string): void => {
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file); // it may be read at any time, so it is never half written
    };
    afterAll(() => write(before));
    body((measured) => write(JSON.stringify({ ...(JSON.parse(before) as object), ...measured })));
  });
}
