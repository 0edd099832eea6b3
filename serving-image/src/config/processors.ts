import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** Processors that this process may use: those of the machine, or the share of them that its container is given. */
export function processors(): number {
  const share = limitOfVersion2() ?? limitOfVersion1() ?? Infinity;
  return Math.max(1, Math.min(availableParallelism(), Math.floor(share)));
}

/** `cpu.max` holds a quota and a period in microseconds, or `max` where there is no limit. */
function limitOfVersion2(): number | undefined {
  const [quota, period] = numbersIn("/sys/fs/cgroup/cpu.max");
  return quota && period ? quota / period : undefined;
}

/** The quota is -1 where there is no limit. */
function limitOfVersion1(): number | undefined {
  const [quota = -1] = numbersIn("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  const [period] = numbersIn("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  return quota > 0 && period ? quota / period : undefined;
}

function numbersIn(file: string): number[] {
  try {
    return readFileSync(file, "utf8").trim().split(" ").map(Number);
  } catch {
    // Not a container, or another kind of one.
    return [];
  }
}
