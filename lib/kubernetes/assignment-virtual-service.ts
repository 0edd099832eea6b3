import type { Manifest, ObjectMeta } from "../core/manifest";

/** Users in buckets, and where each bucket is led. */
export interface Assignment {
  /** All Services, in the order in which they are tried. */
  readonly services: readonly string[];
  /** The Service of each bucket. */
  readonly owners: readonly string[];
  /** Header in which a caller brings its own bucket. */
  readonly header: string;
  /** Cookie that holds a user's bucket, set with her first answer. Without it only callers with buckets are held. */
  readonly cookie?: { readonly name: string; readonly maxAgeSeconds: number };
  readonly port: number;
}

/**
 * A delegate that holds each user to the Service of her bucket. A cookie holds the bucket and not the Service, so a change
 * of the owners moves the users of those buckets and of no others, and nobody is left where the split no longer wants her.
 * Who has no bucket is led to one at random, and told which.
 */
export function assignmentVirtualService(metadata: ObjectMeta, assignment: Assignment): Manifest {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata,
    spec: { http: [...heldRoutes(assignment), newcomersRoute(assignment)] },
  };
}

function heldRoutes({ services, owners, header, cookie, port }: Assignment) {
  return services.flatMap((service) => {
    const buckets = owners.flatMap((owner, bucket) => (owner === service ? [bucket] : []));
    if (buckets.length === 0) return [];
    const any = buckets.join("|");
    const match = [
      { headers: { [header]: { regex: any } } },
      ...(cookie === undefined ? [] : [{ headers: { cookie: { regex: `(.*;\\s*)?${cookie.name}=(${any})(;.*)?` } } }]),
    ];
    return [{ name: `held-${service}`, match, route: [{ destination: destinationOf(service, port) }] }];
  });
}

function newcomersRoute({ services, owners, cookie, port }: Assignment) {
  if (cookie === undefined) {
    const weightOf = (service: string) => owners.filter((owner) => owner === service).length;
    const route = services.map((service) => ({ destination: destinationOf(service, port), weight: weightOf(service) }));
    return { name: "unknown", route };
  }
  const { name, maxAgeSeconds } = cookie;
  const route = owners.map((service, bucket) => ({
    destination: destinationOf(service, port),
    weight: 1,
    headers: {
      response: { add: { "set-cookie": `${name}=${bucket}; Max-Age=${maxAgeSeconds}; Path=/; SameSite=Lax` } },
    },
  }));
  return { name: "newcomers", route };
}

const destinationOf = (host: string, port: number) => ({ host, port: { number: port } });
