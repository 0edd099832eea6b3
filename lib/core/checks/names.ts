import { isDnsLabel, isLabelValue, MAX_LABEL } from "../values/name";
import { quote, reject, wrongType, type Check } from "./check";

/** The longest name of a construct: it must leave room for the version behind it. */
export const MAX_NAME = 40;

/** The name of a construct. */
export const constructName: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && value.length <= MAX_NAME && isDnsLabel(value)) return value;
  const length = typeof value === "string" ? value.length : 0;
  return reject("SLW010", value, path, diagnostics, {
    message: `${quote(value)}${length > MAX_NAME ? ` (${length} characters)` : ""} cannot name Kubernetes objects.`,
    allowed: `lower case letters, digits and "-", a letter first, at most ${MAX_NAME} characters`,
    fix: length > MAX_NAME ? `Shorten it by ${length - MAX_NAME} characters.` : plainerName(value),
  });
};

function plainerName(value: unknown): string {
  const plain = String(typeof value === "string" ? value : "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return !isDnsLabel(plain) ? "Choose a plain name, such as recommender." : `Write "${plain}".`;
}

/** The name of a Service, a namespace or another object whose name is a part of host names. */
export const dnsName: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && value.length <= MAX_LABEL && isLabel(value)) return value;
  return reject("SLW010", value, path, diagnostics, {
    message: `${quote(value)} is no Kubernetes name.`,
    allowed: `lower case letters, digits and "-", at most ${MAX_LABEL} characters`,
    fix: "Give the name as kubectl prints it.",
  });
};

/** The name of a Deployment, a Secret or another object whose name may have dots. */
export const objectName: Check<string> = (value, path, diagnostics) => {
  if (isDomain(value)) return value;
  return reject("SLW010", value, path, diagnostics, {
    message: `${quote(value)} is no Kubernetes name.`,
    allowed: 'lower case letters, digits, "-" and ".", at most 253 characters',
    fix: "Give the name as kubectl prints it.",
  });
};

/** A gateway: its name, with its namespace before it where that is another one. */
export const gatewayName: Check<string> = (value, path, diagnostics) => {
  const [name, namespace, ...rest] = typeof value === "string" ? value.split("/").reverse() : [];
  if (isDomain(name) && (namespace === undefined || isLabel(namespace)) && rest.length === 0) return value as string;
  return reject("SLW010", value, path, diagnostics, {
    message: `${quote(value)} is no name of a gateway.`,
    allowed: "namespace/name, or the name alone in the rollout's own namespace",
    fix: "Write it like istio-ingress/public.",
  });
};

/** A host name that callers use; `*` may stand for its first part. */
export const hostName: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && (value === "*" || isDomain(value.replace(/^\*\./, "")))) return value;
  return reject("SLW015", value, path, diagnostics, {
    message: `${quote(value)} is no host name.`,
    allowed: "lower case DNS names, with no scheme, port or path",
    fix: "Write it like recommender.example.com.",
  });
};

/** The name of an environment variable. */
export const environmentName: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) return value;
  return reject("SLW010", value, path, diagnostics, {
    message: `${quote(value)} is no name of an environment variable.`,
    allowed: "letters, digits and _, no digit first",
    fix: "Rename the variable.",
  });
};

const LABEL_KEY = /^(?:([^/]+)\/)?([A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)$/;

/** The name of a label or an annotation. */
export const labelKey: Check<string> = (value, path, diagnostics) => {
  const [, prefix, name] = (typeof value === "string" && LABEL_KEY.exec(value)) || [];
  if (name !== undefined && name.length <= MAX_LABEL && (prefix === undefined || isDomain(prefix)))
    return value as string;
  return reject("SLW014", value, path, diagnostics, {
    message: `${quote(value)} is no label name.`,
    allowed: `letters, digits, "-", "_" and ".", at most ${MAX_LABEL}, with a DNS name and "/" before it if wanted`,
    fix: "Rename the label.",
  });
};

/** The value of a label. */
export const labelValue: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && isLabelValue(value)) return value;
  return reject("SLW014", value, path, diagnostics, {
    message: `${quote(value)} is no label value.`,
    allowed: `at most ${MAX_LABEL} letters, digits, "-", "_" and ".", with a letter or digit at both ends`,
    fix:
      typeof value === "number" || typeof value === "boolean" ? `Write "${value}".` : "Shorten or rewrite the value.",
  });
};

/** The name of a business metric: a label's value that is not empty. */
export const metricName: Check<string> = (value, path, diagnostics) =>
  value === "" ? wrongType(value, path, diagnostics, "the name of a metric") : labelValue(value, path, diagnostics);

/** The name of a header or a cookie. */
export const tokenName: Check<string> = (value, path, diagnostics) => {
  if (typeof value === "string" && /^[A-Za-z0-9_-]{1,100}$/.test(value)) return value;
  return reject("SLW010", value, path, diagnostics, {
    message: `${quote(value)} is no name of a header or a cookie.`,
    allowed: 'letters, digits, "-" and "_", at most 100',
    fix: "Choose a plain name, such as x-slipway-bucket.",
  });
};

function isLabel(text: string): boolean {
  return text.length <= MAX_LABEL && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

function isDomain(value: unknown): value is string {
  return typeof value === "string" && value.length <= 253 && value.split(".").every(isLabel);
}
