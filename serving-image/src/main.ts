#!/usr/bin/env node
import { readCommandLine } from "./config/command-line";
import { readConfig } from "./config/read-config";
import type { DrainConfig, ServerConfig } from "./config/settings";
import type { UnknownVariable } from "./config/unknown-variables";
import { createLog, type Log } from "./core/log";
import { describeProblem, reasonOf, StartUpError } from "./core/start-up-error";
import { baselineCommand } from "./drift/baseline-command";
import { exit } from "./exit";
import { inspectCommand } from "./inspect/inspect-command";
import { InferenceServer } from "./server";

/** Time for the last steps after the requests have been drained, such as the values for other replicas. */
const CLOSING_SECONDS = 3;

let log = createLog("info");

async function main(): Promise<void> {
  const [command, ...args] = process.argv.slice(2);
  if (command === "baseline") return baselineCommand(args);
  if (command === "inspect") return inspectCommand(args);
  const config = loadConfig();
  const server = new InferenceServer(config, log);
  stopOnSignals(server, config.drain, log);
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
function stopOnSignals(server: InferenceServer, { delaySeconds, timeoutSeconds }: DrainConfig, log: Log): void {
  let isStopping = false;
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (isStopping) {
        log.error({ signal }, "exiting at once after a second signal");
        void exit(1, log, 0);
        return;
      }
      isStopping = true;
      const graceSeconds = delaySeconds + timeoutSeconds + CLOSING_SECONDS;
      setTimeout(() => {
        log.error({ graceSeconds }, "exiting, because stopping took too long");
        void exit(1, log, 0);
      }, graceSeconds * 1000);
      server.stop(signal).then((lost) => exit(lost === 0 ? 0 : 1, log), fail);
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
  void exit(1, log);
}

process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
main().catch(fail);
