const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;

/** The path of a request target, without its query. Clients send the absolute form, `http://host/path`, to a proxy. */
export function pathOf(target: string): string {
  const local = target.startsWith("/") ? target : target.replace(ABSOLUTE_FORM, "");
  const query = local.indexOf("?");
  const path = query < 0 ? local : local.slice(0, query);
  return path === "" ? "/" : path;
}
