/** An error with the HTTP status and the message that the client receives. gRPC maps the status to its own codes. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(wellFormed(message));
    this.name = "HttpError";
  }
}

/**
 * Text that can be encoded: half of a surrogate pair, as at the end of a name that was shortened, becomes U+FFFD. gRPC cannot
 * send it, and fails on it.
 */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

export function badRequest(message: string): HttpError {
  return new HttpError(400, message);
}

/** @param what the body of an HTTP request, or a gRPC message */
export function bodyTooLarge(limit: number, what = "The body"): HttpError {
  const message = `${what} is larger than ${limit} bytes, the limit of this server (http.bodyLimitBytes).`;
  return new HttpError(413, message);
}

/** The status under which a request is counted when its client disconnected. It is never sent; nginx uses the same code. */
export const CLIENT_CLOSED_REQUEST = 499;
