import { checkConformance, conforms } from "../../drivers/conformance/conformance";
import { formatConformance } from "../../drivers/conformance/text";
import type { Command } from "../command";
import { UserError } from "../user-error";

export const conformance: Command = {
  name: "conformance",
  summary: "check any inference server against the Open Inference Protocol v2",
  description: [
    "Asks a server, such as Triton, MLServer, KServe or the bundled one, for every item of the protocol, with requests made",
    "from the server's own metadata, and prints what each came to. Nothing is loaded, unloaded or changed.",
    "Exit code: 0 when everything that the protocol requires passed, else 1.",
  ],
  argument: { placeholder: "URL", what: "the URL of the server" },
  options: {
    grpc: { type: "string", placeholder: "HOST:PORT", help: "also check it over gRPC, at this address" },
    model: { type: "string", placeholder: "NAME", help: "model to ask for (the first that the server lists)" },
    "model-version": {
      type: "string",
      placeholder: "V",
      help: "version to ask for (the last that the model's metadata lists)",
    },
    request: {
      type: "string",
      placeholder: "FILE",
      help: "a request as JSON, for a model that takes nothing made from its metadata",
    },
    json: { type: "boolean", help: "print the results as JSON" },
  },
  async run({ argument, options }) {
    if (!/^https?:\/\/[^/]/.test(argument)) {
      throw new UserError(`"${argument}" is no URL of a server`, ["Write it like http://127.0.0.1:8080"]);
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
