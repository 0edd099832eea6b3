/** Settings of the bundled ONNX server. */
export interface OnnxRuntimeProps {
  /**
   * Workers of each replica. Each keeps a copy of the model in memory; short inferences do not use them.
   * @default - as many as the container's CPUs have room for, at `threadsPerInference` each; 16 at most
   */
  readonly workers?: number;
  /**
   * Threads that one inference may use. More shorten a large inference, and leave room for fewer workers.
   * @default 1
   */
  readonly threadsPerInference?: number;
  /**
   * Longest time that an inference may take in a worker. After it the request is answered with 504, and the worker is
   * ended and replaced.
   * @default "30s"
   */
  readonly runTimeout?: string;
}
