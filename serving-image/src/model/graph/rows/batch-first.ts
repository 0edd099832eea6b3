import type { OperatorCall, Rule } from "./operator-call";
import { rowsOf, type RowsValue, type RowValue } from "./row-value";
import { freshSize, type Size } from "./size";

/** The input whose first dimension is the rows, by its position; all others are constant. */
function batched(call: OperatorCall, index: number): RowsValue {
  const rows = call.onlyRows(index);
  if (rows.axis === 0) return rows;
  throw call.coupled("combines rows, which are not its first dimension");
}

/** The output has the same number of dimensions, of unknown sizes. */
function spatial(rows: RowsValue): RowValue {
  const { shape } = rows;
  return rowsOf(0, shape && [shape[0] as Size, ...shape.slice(1).map(() => freshSize())]);
}

const image: Rule = (call) => {
  // The second output of MaxPool has positions within the whole batch.
  if (call.node.outputs.length > 1) throw call.coupled("returns positions within the whole batch");
  return spatial(batched(call, 0));
};
const normalization: Rule = (call) => batched(call, 0);

const batchNormalization: Rule = (call) => {
  if (call.integer("training_mode", 0) !== 0 || (call.opset < 14 && call.node.outputs.length > 1)) {
    throw call.coupled("takes its statistics from all rows of the batch");
  }
  // Of a single dimension or none, the rows would be its channels.
  return batched(call, 0);
};

/** All inputs that are not constant have the rows as their first dimension, and so do all outputs. */
const attention: Rule = (call) => {
  for (const input of call.inputs) {
    if (input?.kind === "rows" && input.axis !== 0)
      throw call.coupled("combines rows, which are not its first dimension");
  }
  return rowsOf(0);
};

/** As `attention`, where each output has the shape of the first input. */
const sameShape: Rule = (call) => {
  attention(call);
  const first = call.inputs[0];
  return first?.kind === "rows" ? first : rowsOf(0);
};

/** Query, keys and values in three dimensions each: the answer has the shape of the query, up to its last size. */
const sequenceAttention: Rule = (call) => {
  attention(call);
  const query = call.rows(0);
  const rank = query.shape?.length;
  const output = rank === 3 ? rowsOf(0, [...(query.shape ?? []).slice(0, 2), freshSize()]) : rowsOf(0);
  return call.node.outputs.map((_, i) => (i === 0 ? output : rowsOf(0)));
};

const embedding: Rule = (call) => {
  attention(call);
  const ids = call.rows(0);
  const output = rowsOf(0, ids.shape && [...ids.shape, freshSize()]);
  return call.node.outputs.map((_, i) => (i === 1 ? rowsOf(0) : output));
};

const IMAGE =
  "AveragePool Conv ConvInteger ConvTranspose GlobalAveragePool GlobalLpPool GlobalMaxPool LpPool MaxPool QLinearConv STFT";
const NORMALIZATION = "GroupNormalization InstanceNormalization LRN";
const MICROSOFT_IMAGE = "FusedConv NhwcConv NhwcFusedConv NhwcMaxPool QLinearAveragePool QLinearGlobalAveragePool";
const MICROSOFT_SAME = "GroupNorm RotaryEmbedding SkipLayerNormalization SkipSimplifiedLayerNormalization";
const MICROSOFT_SEQUENCE = "GroupQueryAttention MultiHeadAttention";
/** With a second output, the states have the rows as their second dimension. */
const MICROSOFT_SINGLE = "Attention QAttention";

const all = (names: string, prefix: string, rule: Rule): Record<string, Rule> =>
  Object.fromEntries(names.split(" ").map((name) => [prefix + name, rule]));

export const BATCH_FIRST: Readonly<Record<string, Rule>> = {
  ...all(IMAGE, "", image),
  ...all(NORMALIZATION, "", normalization),
  ...all(MICROSOFT_IMAGE, "com.microsoft.", image),
  ...all(MICROSOFT_SAME, "com.microsoft.", sameShape),
  ...all(MICROSOFT_SEQUENCE, "com.microsoft.", sequenceAttention),
  ...all(MICROSOFT_SINGLE, "com.microsoft.", (call) => {
    if (call.node.outputs.length > 1) throw call.unknown("has states of earlier runs");
    return sequenceAttention(call);
  }),
  BatchNormalization: batchNormalization,
  GridSample: (call) => {
    attention(call);
    return spatial(call.rows(0));
  },
  Attention: sequenceAttention,
  RotaryEmbedding: sameShape,
  "com.microsoft.EmbedLayerNormalization": embedding,
};
