import type { Manifest } from "../../lib";
import { checkRules } from "../support/promtool";
import { samplePlans } from "../support/sample-plans";
import { checkManifest } from "../support/schema";

const sampled = samplePlans.map(({ name, plan }) => ({
  name,
  plan,
  manifests: Object.values(plan.objects).map(({ manifest }) => manifest),
}));

describe.each(sampled)("$name", ({ name, plan, manifests }) => {
  it("is planned without unexpected findings", () => {
    const expected = name === "a shadow that gets no copies" ? ["SLW322"] : [];
    expect(plan.findings.map(({ code }) => code)).toEqual(expected);
    expect(manifests).not.toEqual([]);
  });

  it("has no manifest that a strict API server would reject, or change", () => {
    expect(problemsOf(manifests, checkManifest)).toEqual([]);
  });

  it("gives each object a unique name", () => {
    const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names).toEqual([...new Set(names)]);
  });
});

it.each(sampled.filter(({ manifests }) => ofKind(manifests, "PrometheusRule").length > 0))(
  "the rules of $name are such that Prometheus would load them",
  ({ manifests }) => {
    expect(problemsOf(ofKind(manifests, "PrometheusRule"), ({ spec }) => checkRules(spec))).toEqual([]);
  },
);

describe("a pod", () => {
  interface Template {
    readonly spec: {
      readonly automountServiceAccountToken: boolean;
      readonly securityContext: object;
      readonly containers: readonly { readonly securityContext: object }[];
      readonly volumes: readonly object[];
    };
  }
  const templates = sampled
    .flatMap(({ manifests }) => ofKind(manifests, "Deployment"))
    .map(({ spec }) => (spec?.["template"] as Template).spec);

  it("meets the restricted Pod Security Standard, and gets no token of the API server", () => {
    expect(templates).not.toEqual([]);
    for (const pod of templates) {
      expect(pod.securityContext).toEqual(
        expect.objectContaining({ runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } }),
      );
      expect(pod.containers.map(({ securityContext }) => securityContext)).toEqual([
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
      ]);
      const sources = pod.volumes.flatMap((volume) => Object.keys(volume)).filter((key) => key !== "name");
      expect(new Set(sources)).toEqual(new Set(["configMap", "emptyDir"]));
      expect(pod.automountServiceAccountToken).toBe(false);
    }
  });
});

function ofKind(manifests: readonly Manifest[], kind: string): Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

/** The problems that a check finds, by kind and name. */
function problemsOf(manifests: readonly Manifest[], check: (manifest: Manifest) => string[]): string[] {
  return manifests.flatMap((manifest) =>
    check(manifest).map((problem) => `${manifest.kind} ${manifest.metadata.name}: ${problem}`),
  );
}
