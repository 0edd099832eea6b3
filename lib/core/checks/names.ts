import { isDnsLabel, isLabelValue, MAX_LABEL } from "../values/name";
import { quote, reject, wrongType, type Check } from "./check";

/** The longest name of a construct: the version is appended to it. */
const MAX_NAME = 40;

/** The name of a construct. */
export const constructName: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && value.length <= MAX_NAME && isDnsLabel(value)) return value;
  const length = typeof value === "string" ? value.length : 0;
  return reject("SLW010", value, path, diagnostics, {
    message: `${quote(value)}${length > MAX_NAME ? ` (${length} characters)` : ""} is not a valid name for Kubernetes objects.`,
    allowed: `lower-case letters, digits and "-", starting with a letter, at most ${MAX_NAME} characters`,
    fix: length > MAX_NAME ? `Shorten it by ${length - MAX_NAME} characters.` : nameFix(value),
  });
};

function nameFix(value: unknown): string {
  const plain = String(typeof value === "string" ? value : "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return !isDnsLabel(plain) ? "Use a name such as recommender." : `Write "${plain}".`;
}

/** The name of a Service, a namespace or another object whose name is part of host names. */
export const dnsName: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && value.length <= MAX_LABEL && isLabel(value)) return value;
  return reject("SLW010", value, path, diagnostics, {
    message: `${quote(value)} is not a valid Kubernetes name.`,
    allowed: `lower-case letters, digits and "-", at most ${MAX_LABEL} characters`,
    fix: "Use the name that kubectl prints.",
  });
};

/** The name of a Deployment, a Secret or another object whose name may contain dots. */
export const objectName: Check<string> = (value, path, diagnostics) => {
  if (isDomain(value)) return value;
  return reject("SLW010", value, path, diagnostics, {
    message: `${quote(value)} is not a valid Kubernetes name.`,
    allowed: 'lower-case letters, digits, "-" and ".", at most 253 characters',
    fix: "Use the name that kubectl prints.",
  });
};

/** The name of a gateway, after its namespace and "/" if that differs from the rollout's. */
export const gatewayName: Check<string> = (value, path, diagnostics) => {
  const [name, namespace, ...rest] = typeof value === "string" ? value.split("/").reverse() : [];
  if (isDomain(name) && (namespace === undefined || isLabel(namespace)) && rest.length === 0) return value as string;
  return reject("SLW010", value, path, diagnostics, {
    message: `${quote(value)} is not a valid gateway name.`,
    allowed: "NAMESPACE/NAME, or NAME for a gateway in the namespace of the rollout",
    fix: "Use a name such as istio-ingress/public.",
  });
};

/** A host name that clients use; its first label may be `*`. */
export const hostName: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && (value === "*" || isDomain(value.replace(/^\*\./, "")))) return value;
  return reject("SLW015", value, path, diagnostics, {
    message: `${quote(value)} is not a valid host name.`,
    allowed: "lower-case DNS names, without scheme, port and path",
    fix: "Use a host name such as recommender.example.com.",
  });
};

/** The name of an environment variable. */
export const environmentName: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) return value;
  return reject("SLW010", value, path, diagnostics, {
    message: `${quote(value)} is not a valid name for an environment variable.`,
    allowed: 'letters, digits and "_", not starting with a digit',
    fix: "Rename the variable.",
  });
};

const LABEL_KEY = /^(?:([^/]+)\/)?([A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)$/;

/** The key of a label or an annotation. */
export const labelKey: Check<string> = (value, path, diagnostics) => {
  const [, prefix, name] = (typeof value === "string" && LABEL_KEY.exec(value)) || [];
  if (name !== undefined && name.length <= MAX_LABEL && (prefix === undefined || isDomain(prefix)))
    return value as string;
  return reject("SLW014", value, path, diagnostics, {
    message: `${quote(value)} is not a valid label key.`,
    allowed: `at most ${MAX_LABEL} letters, digits, "-", "_" and ".", after an optional DNS prefix and "/"`,
    fix: "Rename the label.",
  });
};

/** The value of a label. */
export const labelValue: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && isLabelValue(value)) return value;
  return reject("SLW014", value, path, diagnostics, {
    message: `${quote(value)} is not a valid label value.`,
    allowed: `at most ${MAX_LABEL} letters, digits, "-", "_" and ".", starting and ending with a letter or digit`,
    fix:
      typeof value === "number" || typeof value === "boolean" ? `Write "${value}".` : "Shorten or rewrite the value.",
  });
};

/** The name of a business metric: a non-empty label value. */
export const metricName: Check<string> = (value, path, diagnostics) =>
  value === "" ? wrongType(value, path, diagnostics, "the name of a metric") : labelValue(value, path, diagnostics);

/** The name of a header or a cookie. */
export const tokenName: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && /^[A-Za-z0-9_-]{1,100}$/.test(value)) return value;
  return reject("SLW010", value, path, diagnostics, {
    message: `${quote(value)} is not a valid header or cookie name.`,
    allowed: 'letters, digits, "-" and "_", at most 100',
    fix: "Use a name such as x-slipway-bucket.",
  });
};

function isLabel(text: string): boolean {
  return text.length <= MAX_LABEL && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

function isDomain(value: unknown): value is string {
  return typeof value === "string" && value.length <= 253 && value.split(".").every(isLabel);
}
