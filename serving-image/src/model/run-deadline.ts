import type { Callback } from "../core/callback";
import { contract } from "../core/contract";
import { HttpError } from "../core/http-error";
import type { Tensors } from "../protocol/datatypes";
import type { QueuedRequest } from "./request-queue";

/** Node's timers take at most 2^31 - 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Answers a request with 504 if its timeout passes while a worker computes it: its caller no longer waits. The run goes on
 * for the other requests in it.
 */
export function answerByDeadline(one: QueuedRequest, now: number): QueuedRequest {
  if (one.deadline === Infinity) return one;
  return { ...one, callback: expiring(one.callback, one.deadline - now, one.queuedAt) };
}

function expiring(callback: Callback<Tensors>, milliseconds: number, queuedAt: number): Callback<Tensors> {
  let isSettled = false;
  const settle = (report: () => void): void => {
    if (isSettled) return;
    isSettled = true;
    clearTimeout(timer);
    report();
  };
  const timer = setTimeout(
    () => {
      const waited = Math.round(performance.now() - queuedAt);
      const message = `The request timed out after ${waited} ms, while the model computed it.`;
      settle(() => callback.reject(new HttpError(contract.codes.timedOut, message)));
    },
    Math.min(milliseconds, LONGEST_TIMER_MS),
  );
  return {
    resolve: (outputs) => settle(() => callback.resolve(outputs)),
    reject: (error) => settle(() => callback.reject(error)),
  };
}
