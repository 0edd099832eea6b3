import { constants, deflate, gunzip, gzip, inflate, type ZlibOptions } from "node:zlib";
import { promisify } from "node:util";
import { badRequest, bodyTooLarge, HttpError } from "../core/http-error";
import { reasonOf, systemCodeOf } from "../core/start-up-error";

type Transform = (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>;

interface Coding {
  readonly compress: Transform;
  readonly decompress: Transform;
}

/** HTTP content codings, in order of preference. */
const CODINGS: ReadonlyMap<string, Coding> = new Map([
  [
    "gzip",
    {
      compress: promisify<Buffer, ZlibOptions, Buffer>(gzip),
      decompress: promisify<Buffer, ZlibOptions, Buffer>(gunzip),
    },
  ],
  [
    "deflate",
    {
      compress: promisify<Buffer, ZlibOptions, Buffer>(deflate),
      decompress: promisify<Buffer, ZlibOptions, Buffer>(inflate),
    },
  ],
]);

/** Decompresses a body; one that exceeds the limit is rejected before it is fully decompressed. */
export async function decompress(body: Buffer, encoding: string, limit: number): Promise<Buffer> {
  const name = encoding.trim().toLowerCase();
  if (name === "" || name === "identity") return body;
  const coding = CODINGS.get(name.replace(/^x-/, ""));
  if (!coding) {
    const message = `The content encoding "${encoding.slice(0, 40)}" is not supported; use gzip, deflate or none.`;
    throw new HttpError(415, message, { "accept-encoding": "gzip, deflate" });
  }
  try {
    return await coding.decompress(body, { maxOutputLength: limit });
  } catch (error) {
    if (systemCodeOf(error) === "ERR_BUFFER_TOO_LARGE") throw bodyTooLarge(limit);
    throw badRequest(`The body is not ${name}, although its Content-Encoding says so: ${reasonOf(error)}.`);
  }
}

/** Compresses a response with a coding that was chosen before. */
export function compress(body: Buffer, encoding: string): Promise<Buffer> {
  const coding = CODINGS.get(encoding);
  if (!coding) throw new Error(`There is no coding ${encoding}.`);
  return coding.compress(body, { level: constants.Z_BEST_SPEED });
}

/** The coding with the highest weight in Accept-Encoding; on a tie, the one that the server prefers; undefined for none. */
export function chooseCoding(accepted: string): string | undefined {
  const weights = new Map(accepted.split(",").map(weightOf));
  const anyOther = weights.get("*") ?? 0;
  let best: string | undefined;
  let highest = 0;
  for (const name of CODINGS.keys()) {
    const weight = weights.get(name) ?? anyOther;
    if (weight > highest) [best, highest] = [name, weight];
  }
  return best;
}

function weightOf(entry: string): [string, number] {
  const [name = "", ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith("q="));
  return [name, weight === undefined ? 1 : Number(weight.slice(2)) || 0];
}
