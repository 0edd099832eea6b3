#!/usr/bin/env node
import { readCommandLine } from "./config/command-line";
import { readConfig } from "./config/read-config";
import type { ServerConfig } from "./config/settings";
import type { UnknownVariable } from "./config/unknown-variables";
import { createLog, type Log } from "./core/log";
import { describeProblem, reasonOf, StartUpError } from "./core/start-up-error";
import { baselineCommand } from "./drift/baseline-command";
import { inspectCommand } from "./inspect/inspect-command";
import { InferenceServer } from "./server";

let log = createLog("info");

async function main(): Promise<void> {
  const [command, ...args] = process.argv.slice(2);
  if (command === "baseline") return baselineCommand(args);
  if (command === "inspect") return inspectCommand(args);
  const config = loadConfig();
  const server = new InferenceServer(config, log);
  stopOnSignals(server, log);
  await server.start();
}

/** Reads the settings, and creates the log that they configure. */
function loadConfig(): ServerConfig {
  const unknown: UnknownVariable[] = [];
  try {
    const config = readConfig(process.env, readCommandLine(process.argv.slice(2)), (found) => unknown.push(found));
    log = createLog(config.log.level);
    return config;
  } finally {
    for (const found of unknown) log.warn(found, "a variable is not a setting of this server, and is ignored");
  }
}

/** As PID 1 of a container, Node has no default handlers for signals. A second signal exits at once. */
function stopOnSignals(server: InferenceServer, log: Log): void {
  let isStopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (isStopping) {
        log.error({ signal }, "exiting at once after a second signal");
        process.exit(1);
      }
      isStopping = true;
      server.stop(signal).then((lost) => process.exit(lost === 0 ? 0 : 1), fail);
    });
  }
}

function fail(error: unknown): void {
  if (error instanceof StartUpError) {
    log.fatal({ problems: error.problems }, "the server cannot start");
    process.stderr.write(error.problems.map((problem) => `slipway-serving: ${describeProblem(problem)}\n`).join(""));
  } else {
    log.fatal({ err: error }, "the server failed");
    process.stderr.write(`slipway-serving: ${reasonOf(error)}\n`);
  }
  process.exit(1);
}

process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
main().catch(fail);
