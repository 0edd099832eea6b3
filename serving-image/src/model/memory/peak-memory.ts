import { readFileSync, writeFileSync } from "node:fs";

/** Resets the peak of this process (see `man 5 proc`). */
const RESET_PEAK = "5";

/**
 * Starts to measure how much more memory this process uses at its peak than now. Returns a function that ends the
 * measurement; its result is undefined where the system cannot say.
 */
export function watchPeakMemory(): () => number | undefined {
  try {
    writeFileSync("/proc/self/clear_refs", RESET_PEAK);
    const before = statusBytes("VmRSS");
    return () => Math.max(0, statusBytes("VmHWM") - before);
  } catch {
    return () => undefined;
  }
}

/** The memory of a process without that of files, which processes share; 0 if it has exited. */
export function ownBytes(pid: number | "self"): number {
  try {
    return statusBytes("RssAnon", pid);
  } catch {
    return 0;
  }
}

function statusBytes(name: string, pid: number | "self" = "self"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024;
}
