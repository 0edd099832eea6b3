import { workerProcessIds } from "../workers/process-channel";
import { ownBytes } from "./peak-memory";

/** The memory of this process and its worker processes. */
export function usedBytes(): number {
  let bytes = ownBytes("self");
  for (const pid of workerProcessIds()) bytes += ownBytes(pid);
  return bytes;
}
