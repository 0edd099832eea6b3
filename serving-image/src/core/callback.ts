/**
 * Receives the result of one step of a request, or the error that ended it. Exactly one of the two is called, once, and
 * neither throws. Callbacks instead of promises: the promises between the steps took a tenth of the server's time
 * (npm run bench:serving).
 */
export interface Callback<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** Runs a step that calls back later; rejects if the step throws. */
export function attempt(callback: Callback<never>, step: () => void): void {
  try {
    step();
  } catch (error) {
    callback.reject(error);
  }
}

/** Resolves with the value of a function; rejects if the function throws. */
export function settle<T>(callback: Callback<T>, make: () => T): void {
  let value: T;
  try {
    value = make();
  } catch (error) {
    callback.reject(error);
    return;
  }
  callback.resolve(value);
}

/** Wraps a function that takes a callback in a promise. */
export function toPromise<T>(start: (callback: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => start({ resolve, reject }));
}

/** Settles a callback with the outcome of a promise. */
export function settleWith<T>(callback: Callback<T>, promise: Promise<T>): void {
  promise.then(callback.resolve, callback.reject);
}
