import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** The number of CPUs that this process may use: those of the machine, or the CPU limit of its container. */
export function availableProcessors(): number {
  const share = cgroupV2Limit() ?? cgroupV1Limit() ?? Infinity;
  return Math.max(1, Math.min(availableParallelism(), Math.floor(share)));
}

/** `cpu.max` contains a quota and a period in microseconds, or `max` without a limit. */
function cgroupV2Limit(): number | undefined {
  const [quota, period] = numbersIn("/sys/fs/cgroup/cpu.max");
  return quota && period ? quota / period : undefined;
}

/** The quota is -1 without a limit. */
function cgroupV1Limit(): number | undefined {
  const [quota = -1] = numbersIn("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  const [period] = numbersIn("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  return quota > 0 && period ? quota / period : undefined;
}

function numbersIn(file: string): number[] {
  try {
    return readFileSync(file, "utf8").trim().split(" ").map(Number);
  } catch {
    // Not in a container, or another version of cgroups.
    return [];
  }
}
