import { DriverError } from "../../common/driver-error";
import type { ModelServer } from "../servers/model-server";
import { AnswerChecker } from "./answers";
import type { CallLedger } from "./call-ledger";
import { Caller } from "./caller";
import { inferenceBody, type Sample, type Samples } from "./samples";

/** Recorded requests beyond these are not sent. */
const MAX_REQUESTS = 500;
const CONCURRENCY = 4;

/**
 * Sends each recorded request once directly to a server, before any traffic, and counts the answers that differ from the
 * recorded ones. A rehearsal with a server that cannot answer a recorded request would mean nothing, so it fails.
 */
export async function validateServer(
  server: ModelServer,
  path: string,
  samples: Samples,
  ledger: CallLedger,
): Promise<void> {
  const caller = new Caller(server.port);
  const checker = new AnswerChecker(samples);
  const queue = samples.samples.slice(0, MAX_REQUESTS);
  const calls = ledger.of(server.track.version);
  const work = async () => {
    for (let sample = queue.pop(); sample !== undefined; sample = queue.pop()) {
      const answer = checker.parse(await answerOf(server, caller, path, samples, sample));
      const { matchesRecording } = checker.check(sample, answer);
      if (matchesRecording !== undefined) calls.compared += 1;
      if (matchesRecording === false) calls.mismatched += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  } finally {
    caller.close();
  }
}

async function answerOf(server: ModelServer, caller: Caller, path: string, samples: Samples, sample: Sample) {
  const answer = await caller.post(path, inferenceBody(samples, sample));
  if (answer !== undefined && answer.status < 400) return answer.body;
  const problem =
    answer === undefined ? "was not answered" : `was answered with ${answer.status}: ${answer.body.slice(0, 300)}`;
  throw new DriverError(`a recorded request to ${server.track.version} ${problem}`);
}
