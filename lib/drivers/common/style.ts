/** Colors and weights of text in a terminal; plain text anywhere else. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  accent(text: string): string;
}

/** The style for an output stream; `NO_COLOR` is honoured. */
export function styleFor(stream: { readonly isTTY?: boolean }): Style {
  const colored = stream.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";
  const wrap = (open: number, close: number) => (text: string) =>
    colored ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return { bold: wrap(1, 22), dim: wrap(2, 22), good: wrap(32, 39), bad: wrap(31, 39), accent: wrap(36, 39) };
}
