/** Kubernetes sets these for every Service of the namespace, unless `enableServiceLinks` is false. */
const ONLY_FROM_KUBERNETES =
  /_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)$/;
const PORT = /_PORT$/;
const LINK = /^(?:tcp|udp|sctp):\/\//;

/**
 * Whether Kubernetes set a variable for a Service and nobody meant it as a setting: a Service called `slipway-http` makes
 * `SLIPWAY_HTTP_PORT=tcp://10.0.0.1:80`.
 */
export function isServiceLink(name: string, value: string | undefined): boolean {
  return ONLY_FROM_KUBERNETES.test(name) || (PORT.test(name) && LINK.test(value ?? ""));
}
