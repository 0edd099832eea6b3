"""Makes an ONNX model of about 30 MB, an MLP of random weights with the inputs of the digits model: make_model.py FILE"""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WIDTHS = [64, 2700, 2700, 10]

random = np.random.default_rng(0)
nodes, weights, current = [], [], "image"
for i, (rows, columns) in enumerate(zip(WIDTHS, WIDTHS[1:])):
    matrix = (random.standard_normal((rows, columns)) / np.sqrt(rows)).astype(np.float32)
    weights.append(numpy_helper.from_array(matrix, f"weights{i}"))
    nodes.append(helper.make_node("MatMul", [current, f"weights{i}"], [f"product{i}"]))
    nodes.append(helper.make_node("Relu", [f"product{i}"], [f"layer{i}"]))
    current = f"layer{i}"
graph = helper.make_graph(
    nodes,
    "large",
    [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", WIDTHS[0]])],
    [helper.make_tensor_value_info(current, TensorProto.FLOAT, ["N", WIDTHS[-1]])],
    weights,
)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), sys.argv[1])
