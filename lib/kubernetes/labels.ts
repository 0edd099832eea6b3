import { versionLabel } from "../core/values/name";

/** Labels that select the pods of one track. They never change and hold no role: a promotion must not restart a pod. */
export function selectorLabels(application: string, track: string): Record<string, string> {
  return { "app.kubernetes.io/name": application, "app.kubernetes.io/instance": track };
}

/** Labels of every object of one track. */
export function trackLabels(application: string, track: string, version: string): Record<string, string> {
  return {
    ...selectorLabels(application, track),
    ...applicationLabels(application),
    "app.kubernetes.io/component": "model-server",
    "app.kubernetes.io/version": versionLabel(version),
  };
}

/** Labels of the objects that belong to no single track. */
export function applicationLabels(application: string): Record<string, string> {
  return { "app.kubernetes.io/name": application, "app.kubernetes.io/managed-by": "slipway" };
}
