import { constants, deflate, gunzip, gzip, inflate, type ZlibOptions } from "node:zlib";
import { promisify } from "node:util";
import { badRequest, bodyTooLarge, Refusal } from "../core/refusal";
import { reasonOf, systemCodeOf } from "../core/start-up-error";

type Transform = (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>;

interface Coding {
  readonly pack: Transform;
  readonly unpack: Transform;
}

/** What HTTP calls content codings, the preferred first. */
const CODINGS: ReadonlyMap<string, Coding> = new Map([
  [
    "gzip",
    { pack: promisify<Buffer, ZlibOptions, Buffer>(gzip), unpack: promisify<Buffer, ZlibOptions, Buffer>(gunzip) },
  ],
  [
    "deflate",
    { pack: promisify<Buffer, ZlibOptions, Buffer>(deflate), unpack: promisify<Buffer, ZlibOptions, Buffer>(inflate) },
  ],
]);

/** Unpacks a body, never into more than the limit, however small it came. */
export async function unpack(body: Buffer, encoding: string, limit: number): Promise<Buffer> {
  const name = encoding.trim().toLowerCase();
  if (name === "" || name === "identity") return body;
  const coding = CODINGS.get(name.replace(/^x-/, ""));
  if (!coding) {
    const message = `The content encoding "${encoding.slice(0, 40)}" is not supported; send gzip, deflate or the body as it is.`;
    throw new Refusal(415, message, { "accept-encoding": "gzip, deflate" });
  }
  try {
    return await coding.unpack(body, { maxOutputLength: limit });
  } catch (error) {
    if (systemCodeOf(error) === "ERR_BUFFER_TOO_LARGE") throw bodyTooLarge(limit);
    throw badRequest(`The body is not ${name} as its Content-Encoding says: ${reasonOf(error)}.`);
  }
}

/** Packs an answer in a way that its client accepts; undefined where it accepts none. */
export async function pack(body: Buffer, accepted: string): Promise<{ body: Buffer; encoding: string } | undefined> {
  const encoding = chooseCoding(accepted);
  const coding = encoding === undefined ? undefined : CODINGS.get(encoding);
  if (encoding === undefined || !coding) return undefined;
  return { body: await coding.pack(body, { level: constants.Z_BEST_SPEED }), encoding };
}

/** The coding that an Accept-Encoding weighs highest; of equals the first that the server has. */
function chooseCoding(accepted: string): string | undefined {
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
