import type { Manifest, ObjectMeta } from "../core/manifest";

/** How a gateway computes the bucket of a user. */
export interface BucketHashing {
  /** Header that names the user. */
  readonly userHeader: string;
  /** Header that the bucket is written to. Each test has its own, because a request may belong to several tests. */
  readonly bucketHeader: string;
  readonly salt: string;
  readonly buckets: number;
  /** Labels of the gateway's pods, in the namespace of the object. */
  readonly gateway: Readonly<Record<string, string>>;
}

/**
 * Makes a gateway hash the id of a user into a bucket before it chooses a route, which no VirtualService can do. It is the
 * same hash as {@link bucketOf}, so that callers, rehearsals and the gateway agree. A bucket that a client sends is
 * removed.
 */
export function bucketEnvoyFilter(metadata: ObjectMeta, hashing: BucketHashing): Manifest {
  return {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata,
    spec: {
      workloadSelector: { labels: hashing.gateway },
      configPatches: [
        {
          applyTo: "HTTP_FILTER",
          match: {
            context: "GATEWAY",
            listener: {
              filterChain: {
                filter: {
                  name: "envoy.filters.network.http_connection_manager",
                  subFilter: { name: "envoy.filters.http.router" },
                },
              },
            },
          },
          patch: {
            operation: "INSERT_BEFORE",
            value: {
              name: `slipway.bucket.${metadata.name}`,
              typed_config: {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
                default_source_code: { inline_string: program(hashing) },
              },
            },
          },
        },
      ],
    },
  };
}

/** LuaJIT numbers are doubles, so a product of two 32-bit integers is computed from 16-bit halves. */
function program({ userHeader, bucketHeader, salt, buckets }: BucketHashing): string {
  return `local function multiply(a, b)
  local low = bit.band(a, 0xffff)
  local high = bit.rshift(a, 16) * bit.band(b, 0xffff)
  return bit.tobit(bit.lshift(bit.band(high, 0xffff), 16) + low * b)
end
local function hash(text)
  local value = bit.tobit(0x811c9dc5)
  for i = 1, #text do value = multiply(bit.bxor(value, text:byte(i)), 0x01000193) end
  value = multiply(bit.bxor(value, bit.rshift(value, 16)), 0x85ebca6b)
  value = multiply(bit.bxor(value, bit.rshift(value, 13)), 0xc2b2ae35)
  return bit.bxor(value, bit.rshift(value, 16)) % 4294967296
end
function envoy_on_request(handle)
  local headers = handle:headers()
  headers:remove(${quoted(bucketHeader)})
  local user = headers:get(${quoted(userHeader)})
  if user then headers:replace(${quoted(bucketHeader)}, tostring(hash(${quoted(`${salt}/`)} .. user) % ${buckets})) end
end
`;
}

const quoted = (text: string): string => JSON.stringify(text);
