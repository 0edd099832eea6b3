import { AnswerJudge } from "./answers";
import { DriverError } from "../../common/driver-error";
import type { CallLedger } from "./call-ledger";
import { Caller } from "./caller";
import type { ModelServer } from "../servers/model-server";
import { inferenceBody, type Sample, type Samples } from "./samples";

/** So many recorded requests are enough, when there are very many. */
const MOST = 500;
const AT_ONCE = 4;

/**
 * Sends each recorded request once straight to a server, before it meets any traffic, and counts the answers that are
 * not the recorded ones. A server that cannot answer a recorded request at all is not worth rehearsing.
 */
export async function validate(server: ModelServer, path: string, samples: Samples, ledger: CallLedger): Promise<void> {
  const caller = new Caller(server.port);
  const judge = new AnswerJudge(samples);
  const queue = samples.samples.slice(0, MOST);
  const calls = ledger.of(server.track.version);
  const work = async () => {
    for (let sample = queue.pop(); sample !== undefined; sample = queue.pop()) {
      const { asRecorded } = judge.judge(sample, judge.parse(await answerOf(server, caller, path, samples, sample)));
      if (asRecorded !== undefined) calls.compared += 1;
      if (asRecorded === false) calls.mismatched += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    caller.close();
  }
}

async function answerOf(server: ModelServer, caller: Caller, path: string, samples: Samples, sample: Sample) {
  const answer = await caller.post(path, inferenceBody(samples, sample));
  if (answer !== undefined && answer.status < 400) return answer.body;
  const what =
    answer === undefined ? "was not answered" : `was answered with ${answer.status}: ${answer.body.slice(0, 300)}`;
  throw new DriverError(`a recorded request to ${server.track.version} ${what}`);
}
