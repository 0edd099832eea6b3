/** What a model may be called: safe in a path, a header and a label. */
export const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** What the version of a configured model may be: anything that is safe in a path, a header and a label. */
export const MODEL_VERSION = /^[A-Za-z0-9][A-Za-z0-9.+_-]{0,127}$/;

const NUMBER = "(?:0|[1-9]\\d*)";
const WHOLE_NUMBER = new RegExp(`^${NUMBER}$`);
const PRE_RELEASE_PART = `(?:${NUMBER}|\\d*[A-Za-z-][0-9A-Za-z-]*)`;
const SEMANTIC_VERSION = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-${PRE_RELEASE_PART}(?:\\.${PRE_RELEASE_PART})*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);

/**
 * Whether versions can be ordered by it: a whole number, as in Triton, or a semantic version. A folder with any other name,
 * such as `3.backup`, may be a copy that nobody meant to serve.
 */
export function isOrderedVersion(version: string): boolean {
  return MODEL_VERSION.test(version) && (WHOLE_NUMBER.test(version) || SEMANTIC_VERSION.test(version));
}

export const SHA256 = /^[0-9a-f]{64}$/i;
