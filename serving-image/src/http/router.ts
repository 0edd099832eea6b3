/** What to do at a path: by method, and the parts of the path that stand for something. */
export interface Match<T> {
  readonly byMethod: ReadonlyMap<string, T>;
  readonly parameters: readonly string[];
}

interface Route<T> {
  /** `undefined` stands for any text. */
  readonly segments: readonly (string | undefined)[];
  readonly byMethod: Map<string, T>;
}

/** Paths whose match is remembered: clients ask for a few of them again and again. */
const REMEMBERED = 256;

/** Finds handlers by path. A pattern such as `/v2/models/{model}` gives its parameters in order. */
export class Router<T> {
  private readonly routes = new Map<string, Route<T>>();
  private readonly remembered = new Map<string, Match<T>>();

  on(method: string, pattern: string, target: T): this {
    const segments = pattern.split("/").map((segment) => (segment.startsWith("{") ? undefined : segment));
    const route = this.routes.get(pattern) ?? { segments, byMethod: new Map<string, T>() };
    route.byMethod.set(method, target);
    this.routes.set(pattern, route);
    return this;
  }

  match(path: string): Match<T> | undefined {
    const known = this.remembered.get(path);
    if (known) return known;
    const found = this.search(path);
    if (found && this.remembered.size < REMEMBERED) this.remembered.set(path, found);
    return found;
  }

  private search(path: string): Match<T> | undefined {
    const segments = path.split("/");
    for (const route of this.routes.values()) {
      if (fits(route.segments, segments)) {
        const parameters = segments.filter((_, i) => route.segments[i] === undefined).map(decode);
        return { byMethod: route.byMethod, parameters };
      }
    }
    return undefined;
  }
}

function fits(pattern: readonly (string | undefined)[], segments: readonly string[]): boolean {
  return pattern.length === segments.length && pattern.every((part, i) => part === undefined || part === segments[i]);
}

/** Text that is not well encoded names nothing, so it can stand as it is. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
