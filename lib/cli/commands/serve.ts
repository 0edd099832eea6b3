import { number } from "../../core/checks/values";
import { Diagnostics } from "../../core/findings/diagnostics";
import { localRuntime, servingProgram } from "../../drivers/server-process/serving-program";
import type { LogLine } from "../../drivers/serve/local-server";
import { resolveModel } from "../../drivers/serve/served-model";
import { serveModel, type Serving } from "../../drivers/serve/serve";
import type { TensorSpec } from "../../drivers/protocol/tensor";
import { RUNTIMES } from "../../runtimes/registry";
import type { Command, Invocation } from "../command";
import { interruptible } from "../interrupt";
import { reportFindings } from "../planned-file";

export const serve: Command = {
  name: "serve",
  summary: "serve a model on this machine, as the bundled image does",
  description: [
    "Starts the bundled server with the model, and prints its addresses and a curl command that sends a valid request.",
    "MODEL is a file such as model.onnx, a folder with one, or a URI such as s3://bucket/model.onnx or models:/name/1.",
    "Ctrl-C stops it gracefully.",
    "Exit code: that of the server; 0 after Ctrl-C when every request was answered.",
  ],
  argument: { placeholder: "MODEL", what: "the MODEL to serve" },
  options: {
    name: { type: "string", placeholder: "NAME", help: "name of the model (default: that of its directory or file)" },
    "model-version": {
      type: "string",
      placeholder: "V",
      help: "version of the model (default: that of its directory, or 1)",
    },
    port: { type: "string", placeholder: "N", help: "HTTP port (default: 8080, or a free one if that is in use)" },
    "grpc-port": {
      type: "string",
      placeholder: "N",
      help: "gRPC port (default: 8081, or a free one if that is in use)",
    },
    host: {
      type: "string",
      placeholder: "ADDRESS",
      help: "address to listen on (default: 127.0.0.1, only this machine)",
    },
    config: { type: "string", placeholder: "FILE", help: "configuration file of the server, described in its README" },
    verbose: { type: "boolean", help: "show the whole log of the server, not only warnings and errors" },
  },
  async run({ argument, options }) {
    const ports = readPorts(options);
    const text = (name: string) => options[name] as string | undefined;
    const [name, version, config] = [text("name"), text("model-version"), text("config")];
    const model = resolveModel(argument, { ...(name && { name }), ...(version && { version }) });
    const program = servingProgram(localRuntime(RUNTIMES.onnx), process.cwd());
    const onLine = (line: LogLine, raw: string) => {
      if (options["verbose"] || line.level === "warn" || line.level === "error") process.stderr.write(`${raw}\n`);
    };
    const settings = { program, model, host: text("host") ?? "127.0.0.1", onLine, ...(config && { config }), ...ports };
    return interruptible((signal) =>
      serveModel(settings, signal, (serving) => process.stdout.write(introduction(model, serving))),
    );
  },
};

function readPorts(options: Invocation["options"]): { port?: number; grpcPort?: number } {
  const diagnostics = new Diagnostics();
  const read = (name: string) => {
    const given = options[name];
    if (given === undefined) return undefined;
    const value = /^\d+$/.test(String(given)) ? Number(given) : given;
    return number({ min: 0, max: 65535, whole: true })(value, `--${name}`, diagnostics);
  };
  const [port, grpcPort] = [read("port"), read("grpc-port")];
  reportFindings("The command line", diagnostics.findings);
  return { ...(port !== undefined && { port }), ...(grpcPort !== undefined && { grpcPort }) };
}

function introduction({ name, version }: { name: string; version: string }, serving: Serving): string {
  const { url, grpcAddress, inputs, outputs, curl } = serving;
  const row = (label: string, text: string) => `  ${label.padEnd(9)}${text}`;
  const tensors = (specs: readonly TensorSpec[]) =>
    specs.map((each) => `${each.name} ${each.datatype} [${each.shape.join(", ")}]`).join("; ");
  return [
    `${name} ${version} is ready.`,
    row("HTTP", `${url}/v2/models/${encodeURIComponent(name)}/infer`),
    ...(grpcAddress === undefined ? [] : [row("gRPC", `${grpcAddress} inference.GRPCInferenceService`)]),
    row("metrics", `${url}/metrics`),
    row("inputs", tensors(inputs)),
    row("outputs", tensors(outputs)),
    "",
    ...(curl === undefined
      ? ["The model rejects requests built from these shapes alone, so there is no curl command to show."]
      : ["Try it:", "", curl]),
    "",
    "Press Ctrl-C to stop.",
    "",
  ].join("\n");
}
