import type { DeferredString } from "./deferred";

/** Names, labels and annotations of a Kubernetes object. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: DeferredString | undefined;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, DeferredString>>;
}

/** A Kubernetes object as plain data, which may contain deferred values. Each builder in `kubernetes/` returns one. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}
