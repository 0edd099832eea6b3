import { writeFileSync } from "node:fs";
import { toYaml } from "../../adapters/yaml/to-yaml";
import { PROPS_FILE, type Command } from "../command";
import { planFile } from "../planned-file";

export const manifests: Command = {
  name: "manifests",
  summary: "print the Kubernetes objects of a rollout as YAML",
  description: ["Prints every object that the rollout declares, in the order of their dependencies."],
  argument: PROPS_FILE,
  options: { out: { type: "string", placeholder: "FILE", help: "write to a file instead of standard output" } },
  async run({ argument, options }) {
    const yaml = toYaml((await planFile(argument)).plan);
    if (typeof options["out"] === "string") writeFileSync(options["out"], yaml);
    else process.stdout.write(yaml);
    return 0;
  },
};
