/** How responses are sent to clients that read slowly or not at all, over HTTP and gRPC. */
export interface ResponsesConfig {
  /**
   * A client that reads nothing of a response for this long is disconnected, in seconds.
   * @default 30
   */
  readonly sendTimeoutSeconds: number;
  /**
   * Maximum memory of the responses that clients have not read yet, in bytes. Above it, clients that have read nothing for
   * half a second are disconnected, the longest first; if that does not suffice, a response of over 16384 bytes becomes 429.
   * @default 134217728
   */
  readonly maxUnsentBytes: number;
  /**
   * The same for one connection, on which a client has sent further requests without reading; above it they get 429. A
   * single response may be larger.
   * @default 67108864
   */
  readonly maxUnsentBytesPerConnection: number;
}
