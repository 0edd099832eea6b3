import { stringify } from "yaml";

import { describeWithCluster } from "../support/cluster";
import { schemaCases, withMistake } from "../support/schema-cases";

describeWithCluster("a real API server agrees with the vendored schemas", (cluster) => {
  const namespace = cluster.namespace();
  const offer = (manifest: object): Promise<string[]> =>
    cluster.apply(stringify(manifest), { namespace, dryRun: true });

  describe.each(schemaCases)("on $good.kind", ({ good, mistakes }) => {
    it("accepts a valid object", async () => {
      expect(await offer(good)).toHaveLength(1);
    });

    it.each(mistakes.filter(({ onlyOffline }) => !onlyOffline))("rejects $name", async (mistake) => {
      await expect(offer(withMistake(good, mistake))).rejects.toThrow();
    });
  });
});
