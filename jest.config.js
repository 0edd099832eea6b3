/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  globalSetup: "<rootDir>/test/support/global-setup.ts",
  roots: ["<rootDir>/test", "<rootDir>/serving-image/test"],
  testMatch: ["**/*.test.ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
    ],
  },
  moduleNameMapper: {
    "^slipway$": "<rootDir>/lib/index.ts",
    "^slipway/(pulumi|cdk8s)$": "<rootDir>/lib/$1.ts",
  },
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
  maxWorkers: 2,
};
