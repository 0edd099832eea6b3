/** An answer that says no: a status and why, for whoever sent the request. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = "Refusal";
  }
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, message);
}

export function bodyTooLarge(limit: number): Refusal {
  return new Refusal(413, `The body is larger than ${limit} bytes, the limit of this server (http.bodyLimitBytes).`);
}

/** The status that is counted, though never sent, where the client did not wait for its answer. */
export const CLIENT_GONE = 499;
