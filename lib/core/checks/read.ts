import type { Report } from "../findings/report";
import { object, type Field, type Parsed } from "./check";
import { constructName } from "./names";

/** A construct's props with every value read, and the name that its objects start with. */
export type ReadProps<F> = Parsed<F> & { readonly name: string };

/** Reads the name and the props of a construct; `undefined` when a finding refuses them. */
export function readProps<F extends Readonly<Record<string, Field<unknown>>>>(
  name: string,
  props: unknown,
  fields: F,
  report: Report,
): ReadProps<F> | undefined {
  const readName = constructName(name, "name", report);
  const read = object(fields)(props, "", report);
  return readName === undefined || read === undefined ? undefined : { ...read, name: readName };
}
