import type { Element, Tensor } from "./tensor";

/** An input of a request as JSON, with all digits of its elements. */
export function jsonInput({ name, datatype, shape, elements }: Tensor): string {
  const head = JSON.stringify({ name, datatype, shape });
  return `${head.slice(0, -1)},"data":[${elements.map(jsonElement).join(",")}]}`;
}

/** A request as JSON. */
export function jsonRequest(inputs: readonly Tensor[], more: object = {}): string {
  const head = JSON.stringify(more).slice(1, -1);
  return `{${head === "" ? "" : `${head},`}"inputs":[${inputs.map(jsonInput).join(",")}]}`;
}

export function jsonElement(element: Element): string {
  return typeof element === "bigint" ? String(element) : JSON.stringify(element);
}
