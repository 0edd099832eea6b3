import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import type * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "../../core/manifest";

/** Registers one manifest as a Pulumi resource. */
export type Register = (name: string, manifest: Manifest, opts: pulumi.CustomResourceOptions) => pulumi.CustomResource;

/** A resource class of `@pulumi/kubernetes`: its args are the manifest itself. */
type ResourceClass = new (name: string, args: never, opts: pulumi.CustomResourceOptions) => pulumi.CustomResource;

const CLASSES: Readonly<Record<string, ResourceClass>> = {
  "apps/v1/Deployment": Deployment,
  "autoscaling/v2/HorizontalPodAutoscaler": HorizontalPodAutoscaler,
  "v1/ConfigMap": ConfigMap,
  "v1/Service": Service,
  "v1/ServiceAccount": ServiceAccount,
  "networking.k8s.io/v1/NetworkPolicy": NetworkPolicy,
  "policy/v1/PodDisruptionBudget": PodDisruptionBudget,
};

/** Uses the class of the kind, whose readiness Pulumi can await, or else a custom resource. */
export const register: Register = (name, manifest, opts) => {
  const Class = CLASSES[`${manifest.apiVersion}/${manifest.kind}`];
  // Tests validate manifests against the API server's schemas. The SDK's argument types do not know our deferred values.
  return Class === undefined
    ? new CustomResource(name, manifest as never, opts)
    : new Class(name, manifest as never, opts);
};
