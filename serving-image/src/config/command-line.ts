import { contract } from "../core/contract";
import { StartUpCode, StartUpError } from "../core/start-up-error";

/** What only whoever starts the process can say: no file and no variable can. */
export interface CommandLine {
  /** Whether faults may be put into the server, to rehearse what happens then. */
  readonly allowFaults: boolean;
}

export function readCommandLine(words: readonly string[]): CommandLine {
  const { allowFaults } = contract.arguments;
  const unknown = words.filter((word) => word !== allowFaults);
  if (unknown.length > 0) {
    const [code, fix] = [StartUpCode.SettingUnknown, `Remove it; there is ${allowFaults}.`];
    throw new StartUpError(unknown.map((path) => ({ code, path, message: "is not an argument.", fix })));
  }
  return { allowFaults: words.includes(allowFaults) };
}
