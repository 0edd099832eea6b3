import { execFileSync } from "node:child_process";

/** Two of the cores that this process may use. */
export function twoCores(): readonly [number, number] {
  const listed = execFileSync("taskset", ["-cp", String(process.pid)], { encoding: "utf8" });
  const all = (listed.split(":").at(-1) ?? "").split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  const [first, second] = all;
  if (first === undefined || second === undefined) throw new Error("This benchmark needs two cores.");
  return [first, second];
}
