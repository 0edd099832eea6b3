"""Makes the tiny models that the tests serve. Needs onnx 1.23; run it in this folder: python make.py"""

import onnx
from onnx import TensorProto, helper


def save(name, nodes, inputs, outputs, constants=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(constants))
    domains = ["", *sorted({node.domain for node in nodes if node.domain})]
    versions = {"": 17, "ai.onnx.ml": 3}
    opsets = [helper.make_opsetid(domain, versions[domain]) for domain in domains]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, f"{name}.onnx")


def tensor(name, shape, datatype=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, datatype, shape)


# Returns its inputs, in every datatype.
datatypes = ["BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FLOAT", "DOUBLE", "STRING"]
save(
    "echo",
    [helper.make_node("Identity", [f"in_{d}"], [f"out_{d}"]) for d in datatypes],
    [tensor(f"in_{d}", ["N", 2], TensorProto.DataType.Value(d)) for d in datatypes],
    [tensor(f"out_{d}", ["N", 2], TensorProto.DataType.Value(d)) for d in datatypes],
)

# The same for numbers of 16 bits, of which JSON has none, and for a single text.
for name, datatype in [("half", TensorProto.FLOAT16), ("text", TensorProto.STRING)]:
    save(name, [helper.make_node("Identity", ["x"], ["y"])], [tensor("x", ["N"], datatype)], [tensor("y", ["N"], datatype)])

# Looks numbers up in a table of five rows; any other index is an error while it computes.
save(
    "table",
    [helper.make_node("Gather", ["rows", "index"], ["row"])],
    [tensor("index", ["N"], TensorProto.INT64)],
    [tensor("row", ["N", 2])],
    [helper.make_tensor("rows", TensorProto.FLOAT, [5, 2], [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5])],
)

# Has a batch dimension, but each answer depends on the whole batch.
save(
    "centre",
    [
        helper.make_node("ReduceMean", ["x"], ["mean"], axes=[0], keepdims=1),
        helper.make_node("Sub", ["x", "mean"], ["centred"]),
    ],
    [tensor("x", ["N", 2])],
    [tensor("centred", ["N", 2])],
)

# Has no batch dimension.
save("double", [helper.make_node("Add", ["x", "x"], ["y"])], [tensor("x", [3])], [tensor("y", [3])])

# Returns NaN for a negative number.
save("log", [helper.make_node("Log", ["x"], ["y"])], [tensor("x", ["N"])], [tensor("y", ["N"])])

# Says nothing of the length that it needs, which is 7.
save(
    "seven",
    [helper.make_node("MatMul", ["x", "weights"], ["y"])],
    [tensor("x", ["N", "L"])],
    [tensor("y", ["N", 1])],
    [helper.make_tensor("weights", TensorProto.FLOAT, [7, 1], [1.0] * 7)],
)

# Takes several milliseconds a row, but is small as a file: the sines depend on the input, so that none is computed ahead.
save(
    "slow",
    [
        helper.make_node("Unsqueeze", ["x", "axis"], ["column"]),
        helper.make_node("Expand", ["column", "size"], ["wide"]),
        *[helper.make_node("Sin", [a], [b]) for a, b in [("wide", "once"), ("once", "twice"), ("twice", "thrice")]],
        helper.make_node("ReduceMean", ["thrice"], ["y"], axes=[1], keepdims=0),
    ],
    [tensor("x", ["N"])],
    [tensor("y", ["N"])],
    [
        helper.make_tensor("axis", TensorProto.INT64, [1], [1]),
        helper.make_tensor("size", TensorProto.INT64, [2], [1, 300_000]),
    ],
)

# Adds 1 as many times as the input says, which may take for ever.
steps = helper.make_graph(
    [helper.make_node("Identity", ["go"], ["go_on"]), helper.make_node("Add", ["before", "one"], ["after"])],
    "steps",
    [tensor("i", [], TensorProto.INT64), tensor("go", [], TensorProto.BOOL), tensor("before", [])],
    [tensor("go_on", [], TensorProto.BOOL), tensor("after", [])],
)
save(
    "loop",
    [helper.make_node("Loop", ["steps", "", "x"], ["y"], body=steps)],
    [tensor("steps", [], TensorProto.INT64), tensor("x", [])],
    [tensor("y", [])],
    [helper.make_tensor("one", TensorProto.FLOAT, [], [1])],
)

# Encodes a colour; any other text is an error.
save(
    "colour",
    [helper.make_node("OneHotEncoder", ["colour"], ["code"], domain="ai.onnx.ml", cats_strings=["red", "green"], zeros=0)],
    [tensor("colour", ["N", 1], TensorProto.STRING)],
    [tensor("code", ["N", 1, 2])],
)

# Looks words up in a table whose first identifier is 20.
save(
    "vocabulary",
    [helper.make_node("Sub", ["word", "first"], ["index"]), helper.make_node("Gather", ["rows", "index"], ["row"])],
    [tensor("word", ["N"], TensorProto.INT64)],
    [tensor("row", ["N", 2])],
    [
        helper.make_tensor("first", TensorProto.INT64, [1], [20]),
        helper.make_tensor("rows", TensorProto.FLOAT, [10, 2], [float(i) for i in range(20)]),
    ],
)

# Compares each element of a sequence with each other: the time grows with the square of the length.
save(
    "attention",
    [
        helper.make_node("Unsqueeze", ["x", "last"], ["column"]),
        helper.make_node("Unsqueeze", ["x", "middle"], ["line"]),
        helper.make_node("MatMul", ["column", "line"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["weights"], axis=-1),
        helper.make_node("ReduceMean", ["weights"], ["y"], axes=[1, 2], keepdims=0),
    ],
    [tensor("x", ["N", "L"])],
    [tensor("y", ["N"])],
    [helper.make_tensor("last", TensorProto.INT64, [1], [2]), helper.make_tensor("middle", TensorProto.INT64, [1], [1])],
)

# Needs some 64 MB of memory a row, but is small as a file.
save(
    "large_runs",
    [
        helper.make_node("ReduceMean", ["x"], ["mean"], axes=[1], keepdims=1),
        helper.make_node("Expand", ["mean", "size"], ["wide"]),
        helper.make_node("Sqrt", ["wide"], ["root"]),
        helper.make_node("ReduceMean", ["root"], ["y"], axes=[1], keepdims=0),
    ],
    [tensor("x", ["N", 100_000])],
    [tensor("y", ["N"])],
    [helper.make_tensor("size", TensorProto.INT64, [2], [1, 8_000_000])],
)

# Returns a value that is not a tensor.
save(
    "sequence",
    [helper.make_node("SequenceConstruct", ["x"], ["list"])],
    [tensor("x", [1])],
    [helper.make_tensor_sequence_value_info("list", TensorProto.FLOAT, None)],
)

# Its inputs and outputs are called like members that every JavaScript object inherits.
save(
    "names",
    [
        helper.make_node("Neg", ["__proto__"], ["constructor"]),
        helper.make_node("Neg", ["toString"], ["__proto__ out"]),
        helper.make_node("Add", ["__proto__", "toString"], ["hasOwnProperty"]),
    ],
    [tensor("__proto__", ["N", 2]), tensor("toString", ["N", 2])],
    [tensor("constructor", ["N", 2]), tensor("__proto__ out", ["N", 2]), tensor("hasOwnProperty", ["N", 2])],
)

# Returns an output that is called like the prototype of an object.
save("prototype", [helper.make_node("Neg", ["x"], ["__proto__"])], [tensor("x", ["N"])], [tensor("__proto__", ["N"])])

# Both dimensions can be 0; the sum over the first one can be large although its input is empty.
save(
    "sums",
    [
        helper.make_node("Add", ["x", "x"], ["doubled"]),
        helper.make_node("ReduceSum", ["x", "axis"], ["columns"], keepdims=0),
    ],
    [tensor("x", ["R", "C"])],
    [tensor("doubled", ["R", "C"]), tensor("columns", ["C"])],
    [helper.make_tensor("axis", TensorProto.INT64, [1], [0])],
)

# The runtime computes with this type, but its binding for Node.js cannot exchange it.
save("brain", [helper.make_node("Cast", ["x"], ["y"], to=TensorProto.FLOAT)], [tensor("x", ["N"], TensorProto.BFLOAT16)], [tensor("y", ["N"])])

# Repeats a number a million times: a small request with a large response.
save(
    "large",
    [helper.make_node("Expand", ["x", "size"], ["y"])],
    [tensor("x", ["N", 1])],
    [tensor("y", ["N", 1_000_000])],
    [helper.make_tensor("size", TensorProto.INT64, [2], [1, 1_000_000])],
)

# Needs a locale that no machine has.
save(
    "locale",
    [helper.make_node("StringNormalizer", ["x"], ["y"], case_change_action="LOWER", locale="xx_XX.UTF-8")],
    [tensor("x", ["N"], TensorProto.STRING)],
    [tensor("y", ["N"], TensorProto.STRING)],
)
