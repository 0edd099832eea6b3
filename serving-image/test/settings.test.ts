import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { readConfig } from "../src/config/read-config";
import type { ServerConfig } from "../src/config/settings";
import type { UnknownVariable } from "../src/config/unknown-variables";
import { contract } from "../src/core/contract";
import { duplicateKeysOf } from "../src/core/duplicate-keys";
import { cleanUp, digits, scratch, ServerProcess, settingsFor } from "./support/server-process";

const README = readFileSync(join(__dirname, "../README.md"), "utf8");
const MODEL = { SLIPWAY_MODEL_NAME: "m", SLIPWAY_MODEL_VERSION: "1", SLIPWAY_MODEL_URI: "model.onnx" };

afterAll(cleanUp);

function configOf(text: string, environment: NodeJS.ProcessEnv): { config: ServerConfig; unknown: UnknownVariable[] } {
  const file = join(scratch(), "server.json");
  writeFileSync(file, text);
  const unknown: UnknownVariable[] = [];
  const from = { SLIPWAY_CONFIG: file, ...environment };
  return { config: readConfig(from, { allowFaults: false }, (found) => unknown.push(found)), unknown };
}

const blocks = [...README.matchAll(/^```json\n(.*?)^```$/gms)].map(([, block = ""]) => block);

test("the README's settings can be copied as they stand, and those that are shown as defaults are the defaults", () => {
  expect(blocks).toHaveLength(2);
  const [all = "", cache = ""] = blocks;
  const { config } = configOf(all, {});
  const { predictPath, ...http } = config.http;
  expect(predictPath).toBe("/predict");
  const defaults = configOf("{}", MODEL).config;
  expect({ ...config, http }).toEqual({ ...defaults, models: expect.any(Array), workers: expect.any(Object) });
  const shown = Object.keys(JSON.parse(all));
  expect(shown).toEqual(expect.arrayContaining(["limits", "download", "signature"]));

  const withCache = configOf(cache, { ...MODEL, REDIS_PASSWORD: "secret" }).config.cache;
  const shortest = '{"cache": {"redis": {"url": "redis://cache:6379/0"}}}';
  expect(withCache).toEqual({ ...configOf(shortest, MODEL).config.cache, redis: withCache?.redis });
});

test("the README names every variable of the server", () => {
  for (const variable of Object.values(contract.env)) expect(README).toContain(`\`${variable}\``);
});

test("refuses settings that are in the file twice, and says on which lines", async () => {
  const file = join(scratch(), "server.json");
  const settings = JSON.stringify(settingsFor(digits("1.1.0"))).slice(1, -1);
  const signature = '"signature": { "publicKey": "key.pem", "required": true }';
  const lines = ["{", settings + ",", signature + ",", '"signature": { "required": true,', '"required": false }', "}"];
  writeFileSync(file, lines.join("\n"));
  const server = new ServerProcess({}, { SLIPWAY_CONFIG: file });
  expect(await server.ended()).toBe(1);
  expect(server.stderr.trim().split("\n")).toEqual([
    `slipway-serving: [SRV106] signature.required: is in ${file} 2 times, on lines 4 and 5. Keep one of them.`,
    `slipway-serving: [SRV106] signature: is in ${file} 2 times, on lines 3 and 4. Keep one of them.`,
  ]);
});

test("finds every duplicate key, however it is written, and no other", () => {
  const json = fc.json({ maxDepth: 4 });
  fc.assert(
    fc.property(json, (text) => {
      // An object that was parsed has each key once.
      expect(duplicateKeysOf(JSON.stringify(JSON.parse(text), null, 1))).toEqual([]);
    }),
  );
  const escaped = (key: string): string =>
    `"${[...key].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}"`;
  const key = fc.string({ unit: fc.constantFrom(...'ab"\\{}[]:,\n ') });
  fc.assert(
    fc.property(key, json, json, fc.boolean(), (name, first, second, isEscaped) => {
      const again = isEscaped ? escaped(name) : JSON.stringify(name);
      const text = `[0, {\n${JSON.stringify(name)}: ${JSON.stringify(JSON.parse(first))},\n"other!": {}, ${again}: ${JSON.stringify(JSON.parse(second))}}]`;
      expect(duplicateKeysOf(text)).toEqual([{ path: `[1].${name}`, lines: [2, 3] }]);
    }),
  );
});

test.each([
  ["SLIPWAY_HTTP_HOST", "Did you mean SLIPWAY_HOST?"],
  ["SLIPWAY_HTPP_HOST", "Did you mean SLIPWAY_HOST?"],
  ["SLIPWAY_HOSTT", "Did you mean SLIPWAY_HOST?"],
  ["SLIPWAY_PORT", "Did you mean SLIPWAY_HTTP_PORT?"],
  ["SLIPWAY_HTTP_PROT", "Did you mean SLIPWAY_HTTP_PORT?"],
  ["SLIPWAY_MODEL_SHA_256", "Did you mean SLIPWAY_MODEL_SHA256?"],
  ["SLIPWAY_MODELURI", "Did you mean SLIPWAY_MODEL_URI?"],
  ["slipway_log_level", "Did you mean SLIPWAY_LOG_LEVEL?"],
  ["SLIPWAY_BODY_LIMIT_BYTES", "No variable sets http.bodyLimitBytes: set it in the configuration file."],
  ["SLIPWAY_SIGNATURE_REQUIRED", "No variable sets signature.required: set it in the configuration file."],
])("%s is reported with the nearest setting", (variable, fix) => {
  expect(configOf("{}", { ...MODEL, [variable]: "1" }).unknown).toEqual([{ variable, fix }]);
});

test("variables of Kubernetes, of the settings, and empty ones are not reported", () => {
  const cache = { redis: { url: "redis://cache", passwordEnv: "SLIPWAY_CACHE_PASSWORD" } };
  const environment = {
    SLIPWAY_SERVICE_HOST: "10.0.0.1",
    SLIPWAY_SERVICE_PORT: "80",
    SLIPWAY_SERVICE_PORT_HTTP_METRICS: "9090",
    SLIPWAY_PORT: "tcp://10.0.0.1:80",
    SLIPWAY_PORT_80_TCP: "tcp://10.0.0.1:80",
    SLIPWAY_PORT_80_TCP_PROTO: "tcp",
    SLIPWAY_CONTROLLER_PORT_53_UDP_ADDR: "10.0.0.2",
    SLIPWAY_CACHE_PASSWORD: "secret",
    SLIPWAY_LOG_LEVLE: "",
  };
  expect(configOf(JSON.stringify({ cache }), { ...MODEL, ...environment }).unknown).toEqual([]);
});

test("a misspelled variable is in the log, and a Service called slipway-http does not set the port", async () => {
  const environment = { SLIPWAY_HTTP_HOST: "127.0.0.1", SLIPWAY_HTTP_PORT: "tcp://10.0.0.1:80" };
  const server = new ServerProcess(settingsFor(digits("1.1.0")), environment);
  await server.waitForLog("ready");
  expect(server.port).toBeGreaterThan(0);
  expect(server.log.filter(({ level }) => level === "warn")).toEqual([
    expect.objectContaining({
      msg: "a variable is not a setting of this server, and is ignored",
      variable: "SLIPWAY_HTTP_HOST",
      fix: "Did you mean SLIPWAY_HOST?",
    }),
  ]);
});
