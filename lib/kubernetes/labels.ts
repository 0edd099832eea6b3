import { versionLabel } from "../core/values/name";

/** Label by which the objects of a track are selected. */
const TRACK_LABEL = "slipway.dev/track";

/**
 * Labels that select the pods and the Service of one track. They never change and contain no role: a promotion must
 * not restart a pod. The recommended labels are not among them, because other tools write those: Argo CD tracks what it
 * applied by `app.kubernetes.io/instance`, and kustomize sets them on every object.
 */
export function selectorLabels(track: string): Record<string, string> {
  return { [TRACK_LABEL]: track };
}

/** Labels of every object of one track. */
export function trackLabels(application: string, track: string, version: string): Record<string, string> {
  return {
    ...selectorLabels(track),
    ...applicationLabels(application),
    "app.kubernetes.io/component": "model-server",
    "app.kubernetes.io/instance": track,
    "app.kubernetes.io/version": versionLabel(version),
  };
}

/** Labels of the objects that do not belong to a single track. */
export function applicationLabels(application: string): Record<string, string> {
  return { "app.kubernetes.io/name": application, "app.kubernetes.io/managed-by": "slipway" };
}
