import { Fuzzer } from "./fuzz/fuzzer";
import { infer } from "./support/client";
import { requestFor } from "./support/samples";
import { cleanUp, digits, serve } from "./support/server-process";

afterAll(cleanUp);

// `npm run fuzz:serving` sends ten thousand.
test.each([1, 2])(
  "400 malformed requests with seed %d cause no server error, and do not affect good ones",
  async (seed) => {
    const server = await serve(digits("1.1.0"), { http: { predictPath: "/predict" } });
    const expected = (await infer(server.url, requestFor(0))).outputs;
    const fuzzer = new Fuzzer(server, seed);
    const fuzzed = fuzzer.run(400, 8);
    for (let i = 0; i < 50; i++) expect((await infer(server.url, requestFor(0))).outputs).toEqual(expected);
    await fuzzed;
    fuzzer.close();
    expect(fuzzer.failures).toEqual([]);
    expect(fuzzer.outcomes.get("HTTP 400")).toBeGreaterThan(100);
    expect(await server.stop("SIGTERM")).toBe(0);
  },
);
