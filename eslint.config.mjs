import js from "@eslint/js";
import { createJiti } from "jiti";
import tseslint from "typescript-eslint";

const { plainEnglish } = await createJiti(import.meta.url).import("./tools/eslint/plain-english.ts");

export default tseslint.config(
  { ignores: ["**/dist/**", "**/node_modules/**", "**/.venv/**", "rehearsal/**", "coverage/**"] },
  js.configs.recommended,
  tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      eqeqeq: "error",
    },
  },
  // These files quote the phrases that the rule reports.
  {
    ignores: ["tools/eslint/phrases.ts", "test/unit/plain-english.test.ts"],
    plugins: { "plain-english": plainEnglish },
    rules: { "plain-english/phrases": "error" },
  },
  // Generated; `any` is the only type for "any object" that Pulumi's component analyzer accepts.
  {
    files: ["lib/adapters/pulumi/args.ts"],
    rules: { "@typescript-eslint/no-explicit-any": "off", "max-lines": "off" },
  },
  {
    files: ["**/*.js"],
    languageOptions: {
      sourceType: "commonjs",
      globals: { module: "writable", require: "readonly", process: "readonly" },
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
