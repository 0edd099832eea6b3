/** A key that an object of a JSON text has more than once. `JSON.parse` keeps the last one and ignores the others. */
export interface DuplicateKey {
  /** Where it is, such as `signature.required` or `models[0].uri`. */
  readonly path: string;
  /** The line of each occurrence, from 1. */
  readonly lines: readonly number[];
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:\n]/g;

/** An object or array that is not closed yet. */
interface Container {
  readonly path: string;
  /** The lines of the keys so far; undefined for an array. */
  readonly keys: Map<string, number[]> | undefined;
  /** The member that is being read: a key, or a position in an array. */
  member: string | number;
}

/** Finds the duplicate keys of a text that is valid JSON. */
export function duplicateKeysOf(text: string): readonly DuplicateKey[] {
  const found: DuplicateKey[] = [];
  const open: Container[] = [];
  let line = 1;
  let lastString = "";
  for (const [token] of text.matchAll(TOKEN)) {
    const innermost = open.at(-1);
    if (token === "\n") line++;
    else if (token.startsWith('"')) lastString = token;
    else if (token === "{") open.push({ path: pathOf(innermost), keys: new Map(), member: "" });
    else if (token === "[") open.push({ path: pathOf(innermost), keys: undefined, member: 0 });
    else if (token === ":" && innermost?.keys) enter(innermost, innermost.keys, JSON.parse(lastString), line);
    else if (token === "," && typeof innermost?.member === "number") innermost.member++;
    else if (token === "}" || token === "]") found.push(...duplicatesIn(open.pop()));
  }
  return found;
}

export function describeDuplicateKey({ path, lines }: DuplicateKey): string {
  return `${path} occurs ${lines.length} times (lines ${lines.join(", ")})`;
}

function enter(container: Container, keys: Map<string, number[]>, key: string, line: number): void {
  container.member = key;
  keys.set(key, [...(keys.get(key) ?? []), line]);
}

function duplicatesIn(container: Container | undefined): DuplicateKey[] {
  const repeated = [...(container?.keys ?? [])].filter(([, lines]) => lines.length > 1);
  return repeated.map(([key, lines]) => ({ path: memberPath(container?.path ?? "", key), lines }));
}

function pathOf(container: Container | undefined): string {
  return container ? memberPath(container.path, container.member) : "";
}

function memberPath(path: string, member: string | number): string {
  if (typeof member === "number") return `${path}[${member}]`;
  return path === "" ? member : `${path}.${member}`;
}
