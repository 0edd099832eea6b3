import type { Schema } from "./schema";

const DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const DNS_NAME = `^${DNS_LABEL}(\\.${DNS_LABEL})*$`;
const QUALIFIED_NAME = `^(${DNS_LABEL}(\\.${DNS_LABEL})*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`;

/**
 * ObjectMeta as a user may declare it: without the fields that the server sets, and with the rules for names and labels
 * that the server has in code and not in its OpenAPI.
 */
export const objectMeta: Schema = {
  type: "object",
  additionalProperties: false,
  properties: {
    name: { type: "string", maxLength: 253, pattern: DNS_NAME },
    namespace: { type: "string", maxLength: 63, pattern: `^${DNS_LABEL}$` },
    labels: {
      type: "object",
      propertyNames: { pattern: QUALIFIED_NAME },
      additionalProperties: { type: "string", maxLength: 63, pattern: "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$" },
    },
    annotations: {
      type: "object",
      propertyNames: { pattern: QUALIFIED_NAME },
      additionalProperties: { type: "string" },
    },
    finalizers: { type: "array", items: { type: "string" } },
  },
};

/** The name of a Service is a DNS label, which is stricter than the names of other kinds. */
export const serviceName: Schema = { maxLength: 63, pattern: "^[a-z]([-a-z0-9]*[a-z0-9])?$" };
