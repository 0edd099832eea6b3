import { readFileSync } from "node:fs";
import { totalmem } from "node:os";

/** The memory limit of the container that this process is in; undefined without one. */
export function memoryLimit(): number | undefined {
  const limits = limitFiles()
    .map(bytesIn)
    .filter((bytes) => bytes !== undefined && bytes < totalmem());
  return limits.length === 0 ? undefined : Math.min(...(limits as number[]));
}

/** The files of both versions of cgroups: for the root that a container sees, and for the group of this process. */
function limitFiles(): string[] {
  const files = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
  for (const line of textIn("/proc/self/cgroup").split("\n")) {
    const [hierarchy, controllers = "", group = ""] = line.split(":");
    if (hierarchy === "0") files.push(`/sys/fs/cgroup${group}/memory.max`);
    else if (controllers.split(",").includes("memory")) {
      files.push(`/sys/fs/cgroup/memory${group}/memory.limit_in_bytes`);
    }
  }
  return files;
}

/** Without a limit, version 2 has the text `max`, and version 1 a number above any memory. */
function bytesIn(file: string): number | undefined {
  const text = textIn(file).trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function textIn(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Not Linux, or another version of cgroups.
    return "";
  }
}
