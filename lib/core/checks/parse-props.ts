import type { Diagnostics } from "../findings/diagnostics";
import { object, type Field, type Parsed } from "./check";
import { constructName } from "./names";

/** The parsed props of a construct, and the name that its objects start with. */
export type ParsedProps<F> = Parsed<F> & { readonly name: string };

/** Parses the name and the props of a construct; `undefined` when one of them is not valid. */
export function parseProps<F extends Readonly<Record<string, Field<unknown>>>>(
  name: string,
  props: unknown,
  fields: F,
  diagnostics: Diagnostics,
): ParsedProps<F> | undefined {
  const parsedName = constructName(name, "name", diagnostics);
  const parsed = object(fields)(props, "", diagnostics);
  return parsedName === undefined || parsed === undefined ? undefined : { ...parsed, name: parsedName };
}
