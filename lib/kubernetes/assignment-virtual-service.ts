import { BUCKET_SOURCE_HEADER, NEW_USER_HEADER } from "../core/contract";
import type { Manifest, ObjectMeta } from "../core/manifest";

/** Users in buckets, and the Service of each bucket. */
export interface Assignment {
  /** All Services, in the order in which their routes are matched. */
  readonly services: readonly string[];
  /** The Service of each bucket. */
  readonly owners: readonly string[];
  /** Header in which a caller sends the user's bucket. */
  readonly header: string;
  /** Cookie with the user's bucket, set with the first response. Without it only callers that send buckets are pinned. */
  readonly cookie?: { readonly name: string; readonly maxAgeSeconds: number };
  readonly port: number;
}

/**
 * A delegate that pins each user to the Service of their bucket. The cookie holds the bucket and not the Service, so a
 * change of the owners moves the users of those buckets and no others, and no user stays on a Service that the split no
 * longer gives them. Users without a bucket get a random one, in a cookie.
 *
 * Headers tell the servers where the bucket is, and which users are new, so that they can count by user. Servers that do not
 * know these headers ignore them. Callers cannot set them.
 */
export function assignmentVirtualService(metadata: ObjectMeta, assignment: Assignment): Manifest {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata,
    spec: { http: [...stickyRoutes(assignment), unassignedRoute(assignment)] },
  };
}

/** Where requests of known users carry their bucket. */
function bucketSource({ header, cookie }: Assignment): string {
  return cookie === undefined ? `header=${header}` : `header=${header},cookie=${cookie.name}`;
}

function stickyRoutes(assignment: Assignment) {
  const { services, owners, header, cookie, port } = assignment;
  return services.flatMap((service) => {
    const buckets = owners.flatMap((owner, bucket) => (owner === service ? [bucket] : []));
    if (buckets.length === 0) return [];
    const any = buckets.join("|");
    const match = [
      { headers: { [header]: { regex: any } } },
      ...(cookie === undefined ? [] : [{ headers: { cookie: { regex: `(.*;\\s*)?${cookie.name}=(${any})(;.*)?` } } }]),
    ];
    return [
      {
        name: `held-${service}`,
        match,
        route: [{ destination: destinationOf(service, port) }],
        headers: { request: { set: { [BUCKET_SOURCE_HEADER]: bucketSource(assignment) }, remove: [NEW_USER_HEADER] } },
      },
    ];
  });
}

function unassignedRoute({ services, owners, cookie, port }: Assignment) {
  if (cookie === undefined) {
    const weightOf = (service: string) => owners.filter((owner) => owner === service).length;
    const route = services.map((service) => ({ destination: destinationOf(service, port), weight: weightOf(service) }));
    return { name: "unknown", route, headers: { request: { remove: [BUCKET_SOURCE_HEADER, NEW_USER_HEADER] } } };
  }
  const { name, maxAgeSeconds } = cookie;
  const route = owners.map((service, bucket) => ({
    destination: destinationOf(service, port),
    weight: 1,
    headers: {
      request: { set: { [NEW_USER_HEADER]: String(bucket) } },
      response: { add: { "set-cookie": `${name}=${bucket}; Max-Age=${maxAgeSeconds}; Path=/; SameSite=Lax` } },
    },
  }));
  return { name: "newcomers", route };
}

const destinationOf = (host: string, port: number) => ({ host, port: { number: port } });
