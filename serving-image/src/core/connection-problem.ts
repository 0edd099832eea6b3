import { types } from "node:util";
import { reasonOf } from "./start-up-error";

const NAME = "check the host name, and that DNS knows it here";
const CERTIFICATE = "name the file of its certificate authority in NODE_EXTRA_CA_CERTS";
const NOT_TLS = "the port does not speak TLS; check the scheme and the port";

/** What a person can do about a failed connection, by the code of the error. */
const FIXES: Readonly<Record<string, string>> = {
  ENOTFOUND: NAME,
  EAI_AGAIN: NAME,
  ECONNREFUSED: "nothing listens there; check the host and the port",
  EHOSTUNREACH: "check the address and the network policies",
  ENETUNREACH: "check the address and the network policies",
  ETIMEDOUT: "check the address, the network policies, and whether the port expects TLS",
  UND_ERR_CONNECT_TIMEOUT: "check the address and the network policies",
  ECONNRESET: "the other side closed the connection; check the port and whether it expects TLS",
  UND_ERR_SOCKET: "the other side closed the connection; check the port and whether it expects TLS",
  EPROTO: NOT_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NOT_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NOT_TLS,
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  CERT_HAS_EXPIRED: "renew its certificate",
  CERT_NOT_YET_VALID: "check the clocks of both sides",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name; connect under that name, or have it reissued",
};

/** The reason of a failed connection, and what a person can do about it if the reason is a known one. */
export function connectionProblem(error: unknown): string {
  const reason = reasonOf(error);
  const fix = codesOf(error).flatMap((code) => FIXES[code] ?? [])[0];
  return fix === undefined ? reason : `${reason}; ${fix}`;
}

/** The codes of an error and of its causes. */
function codesOf(error: unknown): string[] {
  if (!types.isNativeError(error)) return [];
  const own = "code" in error && typeof error.code === "string" ? [error.code] : [];
  const several: unknown[] = "errors" in error && Array.isArray(error.errors) ? error.errors : [];
  return [...own, ...several.flatMap(codesOf), ...codesOf(error.cause)];
}
