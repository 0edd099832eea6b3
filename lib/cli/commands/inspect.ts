import { resolve } from "node:path";
import { inspectModel } from "../../drivers/inspect/inspect";
import { formatInspection } from "../../drivers/inspect/text";
import { resolveModel } from "../../drivers/serve/served-model";
import { localRuntime, servingProgram } from "../../drivers/server-process/serving-program";
import { RUNTIMES } from "../../runtimes/registry";
import type { Command } from "../command";
import { interruptible } from "../interrupt";
import { UserError } from "../user-error";

export const inspect: Command = {
  name: "inspect",
  summary: "show what an ONNX model contains, and how the bundled server would serve it",
  description: [
    "Reads the file, then starts the bundled server with it on a free port and stops it again. Prints inputs, outputs,",
    "operators, other files that belong to the model, whether requests can share a run and which operator forbids it, where",
    "the model computes, how much memory the server takes, and a curl command that the server has answered.",
    "Exit code: 0 if the model can be served, else 1.",
  ],
  argument: { placeholder: "FILE", what: "the model FILE" },
  options: {
    config: { type: "string", placeholder: "FILE", help: "configuration file of the server, described in its README" },
    json: { type: "boolean", help: "print the results as JSON" },
  },
  async run({ argument, options }) {
    if (/^[a-z0-9+.-]+:\/\//i.test(argument)) {
      throw new UserError(`"${argument}" is not a local file`, ["Download the model, and pass the path of its file."]);
    }
    const config = options["config"] as string | undefined;
    const model = resolveModel(argument, {});
    const program = servingProgram(localRuntime(RUNTIMES.onnx), process.cwd());
    const file = resolve(argument);
    const inspection = await interruptible((signal) =>
      inspectModel({ program, model, file, ...(config !== undefined && { config }) }, signal),
    );
    const shown = { ...inspection, model: { ...inspection.model, file: argument } };
    process.stdout.write(options["json"] ? `${JSON.stringify(shown, undefined, 2)}\n` : formatInspection(shown));
    return inspection.serving ? 0 : 1;
  },
};
