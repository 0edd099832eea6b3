import type { Tensors } from "../../protocol/datatypes";

/** How much memory runs of a model need, as measured. */
export interface RunMemory {
  /** Memory of a run with one row. */
  readonly firstRowBytes: number;
  /** Additional memory of each further row. */
  readonly rowBytes: number;
  /** Elements of the inputs of a measured row. */
  readonly rowElements: number;
  /** Whether several rows together are faster than one after the other. */
  readonly isFasterTogether: boolean;
}

/** Memory of a run. Larger rows than the measured one need proportionally more. */
export function bytesOfRun(
  { firstRowBytes, rowBytes, rowElements }: RunMemory,
  rows: number,
  elements: number,
): number {
  const larger = Math.max(1, elements / rows / Math.max(1, rowElements));
  return (firstRowBytes + (rows - 1) * rowBytes) * larger;
}

/** The most rows, at least 1, of a run that needs at most so many bytes. */
export function rowsWithin(memory: RunMemory, bytes: number, elementsPerRow: number): number {
  const larger = Math.max(1, elementsPerRow / Math.max(1, memory.rowElements));
  const more = (bytes / larger - memory.firstRowBytes) / Math.max(1, memory.rowBytes);
  return 1 + Math.max(0, Math.floor(more));
}

/** The memory of tensors, without the texts in them that are shared. */
export function bytesOf(tensors: Tensors): number {
  let bytes = 0;
  for (const name in tensors) {
    const data = tensors[name]?.data ?? [];
    bytes += Array.isArray(data) ? data.reduce((sum, text) => sum + 16 + text.length, 0) : data.byteLength;
  }
  return bytes;
}
