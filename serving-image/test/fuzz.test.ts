import { Fuzzer } from "./fuzz/fuzz";
import { infer } from "./support/client";
import { requestFor } from "./support/samples";
import { cleanUp, digits, serve } from "./support/server-process";

afterAll(cleanUp);

// Ten thousand: npm run fuzz:serving.
test.each([1, 2])(
  "400 malformed requests of seed %d put the server at no fault, and harm no good one",
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
