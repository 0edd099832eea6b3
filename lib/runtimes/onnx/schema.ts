import { object, optional, type Fields, type Parsed } from "../../core/checks/check";
import { duration, number } from "../../core/checks/values";
import type { OnnxRuntimeProps } from "./props";

const threads = number({ min: 1, max: 1024, whole: true });

// No defaults: the server has its own, and only settings that the props contain are written, so that a new default restarts no pod.
const fields = {
  workers: optional(threads),
  threadsPerInference: optional(threads),
  runTimeout: optional(duration({ min: 0.1, max: 86_400 })),
} satisfies Fields<OnnxRuntimeProps>;

export type OnnxSettings = Parsed<typeof fields>;

export const parseOnnx = object(fields);
