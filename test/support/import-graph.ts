import type { Source } from "./sources";

/** The import cycles of files, types included, each as the path of its files. */
export function importCycles(sources: readonly Source[]): readonly string[] {
  const files = new Map(sources.map((source) => [source.path, source]));
  const targetsOf = (path: string): string[] =>
    (files.get(path)?.imports ?? [])
      .filter(({ kind }) => kind === "ours")
      .map(({ target }) => `${target.replace(/\.js$/, "")}.ts`)
      .filter((target) => files.has(target));
  const cycles: string[] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(" > "));
    if (finished.has(path) || trail.includes(path)) return;
    for (const target of targetsOf(path)) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const path of files.keys()) visit(path, []);
  return cycles;
}
