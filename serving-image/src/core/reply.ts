/**
 * Takes the answer to one request, or why there is none: one of the two is called, once, and neither throws. Callbacks,
 * because the promises between the steps of a request took a tenth of the server's time (npm run bench:serving).
 */
export interface Reply<T> {
  readonly answered: (value: T) => void;
  readonly failed: (error: unknown) => void;
}

/** Goes on with a request; whatever that throws is why it gets no answer. */
export function attempt(reply: Reply<never>, step: () => void): void {
  try {
    step();
  } catch (error) {
    reply.failed(error);
  }
}

/** Replies with what is made, or with why it could not be. */
export function settle<T>(reply: Reply<T>, make: () => T): void {
  let value: T;
  try {
    value = make();
  } catch (error) {
    reply.failed(error);
    return;
  }
  reply.answered(value);
}

/** Asks in a way that takes a reply, for whoever would rather wait for a promise. */
export function promised<T>(ask: (reply: Reply<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => ask({ answered: resolve, failed: reject }));
}

/** The other way round: replies with what a promise gives. */
export function replyWith<T>(reply: Reply<T>, promise: Promise<T>): void {
  promise.then(reply.answered, reply.failed);
}
