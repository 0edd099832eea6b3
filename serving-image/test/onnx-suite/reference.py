"""Writes the cases of ONNX's backend test suite, with the outputs of onnxruntime in Python, as one line of JSON each.

python reference.py CASES.jsonl [DATA]

DATA is the folder onnx/backend/test/data; the default is that of the installed package. Tensors with a type that the Open Inference
Protocol does not have, sequences and optional values have no datatype and no content.
"""

import base64
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import numpy_helper

FOLDERS = ["node", "simple", "pytorch-operator", "pytorch-converted", "light"]
DATATYPES = {
    "bool": "BOOL",
    "float16": "FP16",
    "float32": "FP32",
    "float64": "FP64",
    **{f"{sign}int{bits}": f"{sign.upper()}INT{bits}" for sign in ["", "u"] for bits in [8, 16, 32, 64]},
}
# The tolerances of onnx.backend.test.runner.
RTOL, ATOL = 1e-3, 1e-7


def text_of(value):
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


def encode(name, value):
    if isinstance(value, list) and value and all(isinstance(item, np.ndarray) for item in value):
        return {"name": name, "items": [encode(name, item) for item in value]}
    if not isinstance(value, np.ndarray):
        return {"name": name}
    shape = list(value.shape)
    if value.dtype.kind in "OSU":
        return {"name": name, "datatype": "BYTES", "shape": shape, "texts": [text_of(item) for item in value.ravel()]}
    datatype = DATATYPES.get(value.dtype.name)
    if datatype is None:
        return {"name": name, "type": value.dtype.name}
    content = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
    return {"name": name, "datatype": datatype, "shape": shape, "bytes": content}


def read(path, info):
    """A recorded value, which is a tensor, a sequence or an optional value."""
    data = path.read_bytes()
    kind = info.type.WhichOneof("value")
    if kind == "tensor_type":
        tensor = onnx.TensorProto.FromString(data)
        return numpy_helper.to_array(tensor)
    if kind == "sequence_type":
        return numpy_helper.to_list(onnx.SequenceProto.FromString(data))
    return None


def open_session(model):
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def is_same(one, other):
    return json.dumps([encode("", value) for value in one]) == json.dumps([encode("", value) for value in other])


def answer(model, inputs, names):
    """The outputs of onnxruntime, or why it has none. A model that computes something else each time is random."""
    try:
        session = open_session(model)
        outputs = session.run(None, inputs)
        # Some random numbers are the same in each session, and a session may begin with the same ones twice.
        others = [session.run(None, inputs), session.run(None, inputs), open_session(model).run(None, inputs)]
        is_random = not all(is_same(outputs, other) for other in others)
    except Exception as error:  # onnxruntime has no common class of errors.
        return {"refusal": str(error).splitlines()[0][:300]}
    return {"runtime": [encode(name, value) for name, value in zip(names, outputs)], **({"random": True} if is_random else {})}


def data_set(model, graph, folder):
    constants = {tensor.name for tensor in graph.initializer}
    infos = [info for info in graph.input if info.name not in constants]
    inputs = {
        info.name: read(folder / f"input_{index}.pb", info)
        for index, info in enumerate(infos)
        if (folder / f"input_{index}.pb").exists()
    }
    names = [info.name for info in graph.output]
    recorded = [encode(info.name, read(folder / f"output_{index}.pb", info)) for index, info in enumerate(graph.output)]
    return {
        "inputs": [encode(name, value) for name, value in inputs.items()],
        "recorded": recorded,
        **answer(model, inputs, names),
    }


def light_set(model, graph):
    """The light models are recorded with inputs that count up (generate_dummy_data of the runner of onnx)."""
    constants = {tensor.name for tensor in graph.initializer}
    inputs = {}
    for info in graph.input:
        if info.name not in constants:
            shape = tuple(dim.dim_value for dim in info.type.tensor_type.shape.dim)
            size = int(np.prod(shape))
            inputs[info.name] = (np.arange(size).reshape(shape) / size).astype(np.float32)
    recorded = pathlib.Path(model).with_name(pathlib.Path(model).stem + "_output_0.pb")
    return {
        "inputs": [encode(name, value) for name, value in inputs.items()],
        "recorded": [encode(graph.output[0].name, read(recorded, graph.output[0]))],
        **answer(model, inputs, [info.name for info in graph.output]),
    }


def case(kind, path):
    graph = onnx.load(path).graph
    tolerances = {}
    if (path.parent / "data.json").exists():
        tolerances = json.loads((path.parent / "data.json").read_text())
    light = kind == "light"
    sets = [light_set(str(path), graph)] if light else [
        data_set(str(path), graph, folder) for folder in sorted(path.parent.glob("test_data_set_*"))
    ]
    return {
        "name": path.stem if light else path.parent.name.removeprefix("test_") if kind == "node" else f"{kind}-{path.parent.name}",
        "file": str(path),
        "rtol": tolerances.get("rtol", RTOL),
        "atol": tolerances.get("atol", ATOL),
        "sets": sets,
    }


def main():
    default = pathlib.Path(onnx.__file__).parent / "backend/test/data"
    data = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else default
    ort.set_default_logger_severity(4)
    with open(sys.argv[1], "w") as out:
        for kind in FOLDERS:
            files = (data / kind).glob("*.onnx" if kind == "light" else "*/model.onnx")
            for path in sorted(files):
                out.write(json.dumps(case(kind, path)) + "\n")


main()
