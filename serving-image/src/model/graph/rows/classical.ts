import type { OperatorCall, Rule } from "./operator-call";
import { rowsOf, type RowsValue } from "./row-value";
import { freshSize, ONE, productOf, type Size, sizeOfNumber } from "./size";

/** Features in two dimensions, the rows first: of one dimension, all of it would be one row. */
function features(call: OperatorCall): RowsValue {
  const rows = call.onlyRows(0);
  const rank = call.shapeOf(rows.shape).length;
  if (rows.axis !== 0 || rank !== 2) throw call.unknown("has an input that is not a table of rows and features");
  return rows;
}

const first = (rows: RowsValue): Size => rows.shape?.[0] as Size;

/** Attributes with the classes, of which there is one score each. */
const LABELS = ["classlabels_int64s", "classlabels_ints", "classlabels_strings"];

const classifier: Rule = (call) => {
  const rows = features(call);
  const labels = LABELS.map((name) => call.attribute(name)).map((each) => each?.texts ?? each?.integers);
  const classes = labels.find((each) => each !== undefined)?.length;
  return [
    rowsOf(0, [first(rows)]),
    rowsOf(0, [first(rows), classes === undefined ? freshSize() : sizeOfNumber(classes)]),
  ];
};

const regressor: Rule = (call) => {
  const rows = features(call);
  const targets = call.integer("targets", call.integer("n_targets", 1));
  return rowsOf(0, [first(rows), sizeOfNumber(targets)]);
};

/** Each element on its own. */
const elements: Rule = (call) => call.onlyRows(0);

const oneHotEncoder: Rule = (call) => {
  const { axis, shape } = call.onlyRows(0);
  return rowsOf(axis, shape && [...shape, freshSize()]);
};

const featureVectorizer: Rule = (call) => {
  call.inputs.forEach((_, i) => {
    const { axis, shape } = call.rows(i);
    if (axis !== 0 || call.shapeOf(shape).length !== 2)
      throw call.unknown("has an input that is not a table of rows and features");
  });
  return rowsOf(0, [first(call.rows(0)), freshSize()]);
};

/** Selects along the last dimension. With constants, as of the names of classes, there is one selection for each index. */
const arrayFeatureExtractor: Rule = (call) => {
  const [data] = call.inputs;
  if (data?.kind === "constant") return selectedConstants(call, call.shapeOf(data.shape));
  const { axis, shape } = call.rows(0);
  call.constant(1);
  const known = call.shapeOf(shape);
  if (axis === known.length - 1) throw call.coupled("takes rows by their position in the batch");
  return rowsOf(axis, [...known.slice(0, -1), freshSize()]);
};

function selectedConstants(call: OperatorCall, shape: readonly Size[]): RowsValue {
  const indices = call.rows(1);
  if (indices.axis !== 0) throw call.unknown("may mix rows");
  const others = shape.length > 1 ? shape.slice(0, -1) : [ONE];
  return rowsOf(others.length, [...others, productOf(call.shapeOf(indices.shape))]);
}

const table: Rule = (call) => features(call);

/** Selects the n-grams of each row. */
const tfIdf: Rule = (call) => {
  const rows = features(call);
  return rowsOf(0, [first(rows), freshSize()]);
};

const ML = "ai.onnx.ml.";

export const CLASSICAL: Readonly<Record<string, Rule>> = {
  // The server returns the tensor that the maps are made of.
  [`${ML}ZipMap`]: elements,
  [`${ML}LinearClassifier`]: classifier,
  [`${ML}SVMClassifier`]: classifier,
  [`${ML}TreeEnsembleClassifier`]: classifier,
  [`${ML}LinearRegressor`]: regressor,
  [`${ML}SVMRegressor`]: regressor,
  [`${ML}TreeEnsembleRegressor`]: regressor,
  [`${ML}TreeEnsemble`]: regressor,
  [`${ML}Scaler`]: table,
  [`${ML}Imputer`]: table,
  [`${ML}Normalizer`]: table,
  [`${ML}Binarizer`]: elements,
  [`${ML}CategoryMapper`]: elements,
  [`${ML}LabelEncoder`]: elements,
  [`${ML}OneHotEncoder`]: oneHotEncoder,
  [`${ML}FeatureVectorizer`]: featureVectorizer,
  [`${ML}ArrayFeatureExtractor`]: arrayFeatureExtractor,
  TfIdfVectorizer: tfIdf,
};
