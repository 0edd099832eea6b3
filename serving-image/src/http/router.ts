/** The handlers of a path by method, and the values of its parameters. */
interface Match<T> {
  readonly byMethod: ReadonlyMap<string, T>;
  readonly parameters: readonly string[];
}

interface Route<T> {
  /** `undefined` matches any text. */
  readonly segments: readonly (string | undefined)[];
  readonly byMethod: Map<string, T>;
}

/** Matches are cached, since clients request the same few paths over and over. */
const MAX_CACHED_MATCHES = 256;

/** Finds handlers by path. A pattern such as `/v2/models/{model}` yields its parameters in order. */
export class Router<T> {
  private readonly routes = new Map<string, Route<T>>();
  private readonly cachedMatches = new Map<string, Match<T>>();

  on(method: string, pattern: string, target: T): this {
    const segments = pattern.split("/").map((segment) => (segment.startsWith("{") ? undefined : segment));
    const route = this.routes.get(pattern) ?? { segments, byMethod: new Map<string, T>() };
    route.byMethod.set(method, target);
    this.routes.set(pattern, route);
    return this;
  }

  match(path: string): Match<T> | undefined {
    const known = this.cachedMatches.get(path);
    if (known) return known;
    const found = this.search(path);
    if (found && this.cachedMatches.size < MAX_CACHED_MATCHES) this.cachedMatches.set(path, found);
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

/** Text that is not valid percent-encoding stays as it is: nothing has such a name, so the lookup fails later. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
