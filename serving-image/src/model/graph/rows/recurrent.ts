import type { OperatorCall, Rule } from "./operator-call";
import { rowsOf } from "./row-value";
import { freshSize, ONE, ROWS_SIZE, type Size, sizeOfNumber } from "./size";

/** Positions of the inputs that have one entry for each row: lengths, and states before the first step. */
const LENGTHS = 4;
const STATES = [5, 6];

/** LSTM, GRU and RNN: with the usual layout, the rows are the second dimension of the input and the third of the output. */
const recurrent: Rule = (call) => {
  const isBatchFirst = call.integer("layout", 0) === 1;
  const input = call.rows(0);
  const axis = isBatchFirst ? 0 : 1;
  if (input.axis !== axis) throw call.coupled("passes a state from one row to the next");
  requireRows(call, LENGTHS, 0);
  for (const index of STATES) requireRows(call, index, axis);
  call.inputs.forEach((_, i) => i === 0 || i === LENGTHS || STATES.includes(i) || call.constant(i));
  const directions = call.text("direction", "forward") === "bidirectional" ? sizeOfNumber(2) : ONE;
  const hidden = sizeOfNumber(call.integer("hidden_size", 0));
  const rows = input.shape?.[axis] ?? ROWS_SIZE;
  const steps = input.shape?.[isBatchFirst ? 1 : 0] ?? freshSize();
  const sequence: readonly Size[] = isBatchFirst
    ? [rows, steps, directions, hidden]
    : [steps, directions, rows, hidden];
  const state: readonly Size[] = isBatchFirst ? [rows, directions, hidden] : [directions, rows, hidden];
  return call.node.outputs.map((_, i) => (i === 0 ? rowsOf(isBatchFirst ? 0 : 2, sequence) : rowsOf(axis, state)));
};

function requireRows(call: OperatorCall, index: number, axis: number): void {
  const input = call.inputs[index];
  if (input === undefined) return;
  if (input.kind === "constant") throw call.coupled("has states or lengths that are fixed for each place in the batch");
  if (call.rows(index).axis !== axis) throw call.coupled("combines the rows of one input with all rows of another");
}

export const RECURRENT: Readonly<Record<string, Rule>> = { LSTM: recurrent, GRU: recurrent, RNN: recurrent };
