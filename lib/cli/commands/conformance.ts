import { checkConformance, conforms } from "../../drivers/conformance/conformance";
import { formatConformance } from "../../drivers/conformance/text";
import type { Command } from "../command";
import { UserError } from "../user-error";

export const conformance: Command = {
  name: "conformance",
  summary: "check any inference server against the Open Inference Protocol v2",
  description: [
    "Checks every item of the protocol on a server such as Triton, MLServer, KServe or the bundled one, with requests built",
    "from the server's own metadata, and prints the result of each. Nothing is loaded, unloaded or changed.",
    "Exit code: 0 when every item that the protocol requires passed, else 1.",
  ],
  argument: { placeholder: "URL", what: "the URL of the server" },
  options: {
    grpc: { type: "string", placeholder: "HOST:PORT", help: "also check gRPC, at this address" },
    model: { type: "string", placeholder: "NAME", help: "model to use (default: the first that the server lists)" },
    "model-version": {
      type: "string",
      placeholder: "V",
      help: "version to use (default: the last that the model's metadata lists)",
    },
    request: {
      type: "string",
      placeholder: "FILE",
      help: "JSON file of a request, for a model that rejects requests built from its metadata",
    },
    json: { type: "boolean", help: "print the results as JSON" },
  },
  async run({ argument, options }) {
    if (!/^https?:\/\/[^/]/.test(argument)) {
      throw new UserError(`"${argument}" is not the URL of a server`, ["Use a URL such as http://127.0.0.1:8080"]);
    }
    const text = (name: string) => options[name] as string | undefined;
    const [grpc, model, version, requestFile] = ["grpc", "model", "model-version", "request"].map(text);
    const report = await checkConformance({
      url: argument,
      ...(grpc && { grpc }),
      ...(model && { model }),
      ...(version && { version }),
      ...(requestFile && { requestFile }),
    });
    process.stdout.write(options["json"] ? `${JSON.stringify(report, undefined, 2)}\n` : formatConformance(report));
    return conforms(report) ? 0 : 1;
  },
};
