import { setTimeout as delay } from "node:timers/promises";
import { HttpError } from "../core/http-error";
import type { Prediction } from "../protocol/inference";
import { corrupt } from "./corrupt";
import type { FaultConfig } from "./settings";

/** Injects faults into a server that was started with `--allow-faults`. */
export class FaultInjector {
  constructor(private config: FaultConfig) {}

  get current(): FaultConfig {
    return this.config;
  }

  set(config: FaultConfig): void {
    this.config = config;
  }

  /** Makes a prediction with the configured delay, errors and wrong values. */
  async inject(predict: () => Promise<Prediction>): Promise<Prediction> {
    const { latencySeconds, errors, wrong } = this.config;
    if (latencySeconds > 0) await delay(latencySeconds * 1000);
    if (Math.random() < errors) throw new HttpError(503, "This error was injected on purpose (faults.errors).");
    const prediction = await predict();
    return Math.random() < wrong ? { ...prediction, outputs: corrupt(prediction.outputs) } : prediction;
  }
}
