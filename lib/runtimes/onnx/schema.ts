import { object, optional, type Fields, type Parsed } from "../../core/checks/check";
import { number } from "../../core/checks/values";
import type { OnnxRuntimeProps } from "./props";

const threads = number({ min: 1, max: 1024, whole: true });

// No defaults: the server has its own, and a setting that is not given is not written, so that no pod restarts for it.
const fields = {
  workers: optional(threads),
  threadsPerInference: optional(threads),
} satisfies Fields<OnnxRuntimeProps>;

export type OnnxSettings = Parsed<typeof fields>;

export const parseOnnx = object(fields);
