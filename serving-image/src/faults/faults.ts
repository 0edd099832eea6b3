import { setTimeout as delay } from "node:timers/promises";
import { Refusal } from "../core/refusal";
import type { Prediction } from "../protocol/inference";
import type { FaultConfig } from "./settings";
import { spoil } from "./spoil";

/** The faults of a server that was started to have some. */
export class Faults {
  constructor(private config: FaultConfig) {}

  get current(): FaultConfig {
    return this.config;
  }

  set(config: FaultConfig): void {
    this.config = config;
  }

  /** Makes a prediction, or fails to. */
  async around(predict: () => Promise<Prediction>): Promise<Prediction> {
    const { latencySeconds, errors, wrong } = this.config;
    if (latencySeconds > 0) await delay(latencySeconds * 1000);
    if (Math.random() < errors) throw new Refusal(503, "This error was put in on purpose (faults.errors).");
    const prediction = await predict();
    return Math.random() < wrong ? { ...prediction, outputs: spoil(prediction.outputs) } : prediction;
  }
}
