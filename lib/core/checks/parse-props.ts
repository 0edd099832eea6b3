import type { Diagnostics } from "../findings/diagnostics";
import { object, type Field, type Parsed } from "./check";
import { constructName } from "./names";

/** A construct's props with every value read, and the name that its objects start with. */
export type ParsedProps<F> = Parsed<F> & { readonly name: string };

/** Reads the name and the props of a construct; `undefined` when a finding refuses them. */
export function parseProps<F extends Readonly<Record<string, Field<unknown>>>>(
  name: string,
  props: unknown,
  fields: F,
  diagnostics: Diagnostics,
): ParsedProps<F> | undefined {
  const readName = constructName(name, "name", diagnostics);
  const read = object(fields)(props, "", diagnostics);
  return readName === undefined || read === undefined ? undefined : { ...read, name: readName };
}
