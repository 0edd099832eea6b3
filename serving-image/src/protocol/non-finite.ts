import { contract } from "../core/contract";
import { badRequest, HttpError } from "../core/http-error";
import { outputOf, type TensorValue } from "./datatypes";
import type { Prediction } from "./inference";

/** FP16 is stored as 16-bit integers; those with all exponent bits set are NaN or infinite. */
const FP16_EXPONENT = 0x7c00;

/** Throws if an input has NaN or an infinity. */
export function rejectNonFiniteInput(name: string, tensor: TensorValue): void {
  const index = indexOfNonFinite(tensor);
  if (index < 0) return;
  throw badRequest(
    `Input "${name}": element ${index} is NaN or infinite, which this server does not accept (limits.notFinite).`,
  );
}

/** Throws if the model returned NaN or an infinity in a requested output. */
export function rejectNonFiniteOutputs({ request, outputs }: Prediction): void {
  for (const name of request.outputs) {
    const index = indexOfNonFinite(outputOf(outputs, name));
    if (index < 0) continue;
    const message = `Output "${name}": the model returned NaN or an infinity as element ${index}, which this server does not accept (limits.notFinite).`;
    throw new HttpError(contract.codes.modelFailure, message);
  }
}

function indexOfNonFinite({ datatype, data }: TensorValue): number {
  if (data instanceof Float32Array || data instanceof Float64Array) {
    return (data as Float64Array).findIndex((element) => !Number.isFinite(element));
  }
  if (datatype !== "FP16" || !(data instanceof Uint16Array)) return -1;
  return data.findIndex((element) => (element & FP16_EXPONENT) === FP16_EXPONENT);
}
