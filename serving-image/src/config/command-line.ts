import { contract } from "../core/contract";
import { StartUpCode, StartUpError } from "../core/start-up-error";

/** Options that can only be set on the command line, not in a file or a variable. */
export interface CommandLine {
  /** Whether faults may be injected into the server, to rehearse what happens then. */
  readonly allowFaults: boolean;
}

export function readCommandLine(args: readonly string[]): CommandLine {
  const { allowFaults } = contract.arguments;
  const unknown = args.filter((word) => word !== allowFaults);
  if (unknown.length > 0) {
    const [code, fix] = [StartUpCode.SettingUnknown, `Remove it; the only argument is ${allowFaults}.`];
    throw new StartUpError(unknown.map((path) => ({ code, path, message: "is not a valid argument.", fix })));
  }
  return { allowFaults: args.includes(allowFaults) };
}
