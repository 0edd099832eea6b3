/** What a model may be called: safe in a path, a header and a label. */
export const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** A semantic version, a whole number as in Triton, or anything between that is safe in a path, a header and a label. */
export const MODEL_VERSION = /^[A-Za-z0-9][A-Za-z0-9.+_-]{0,127}$/;
