"""Joins some of the models of ONNX's backend test suite into a few large ones for the tests, which cannot load each alone.

python subset.py CASES.jsonl VERDICTS.json OUT.jsonl.gz

CASES.jsonl is what reference.py writes, VERDICTS.json what `npm run conformance:onnx` writes: only models that were right are used.
"""

import base64
import gzip
import json
import sys

import onnx
from onnx import compose, helper

MODELS, GROUPS = 200, 10
MAX_BYTES = 6_000


def load(case):
    return onnx.load(case["file"])


def opsets(model):
    return tuple(sorted((entry.domain or "", entry.version) for entry in model.opset_import))


def is_usable(case, right):
    (first, *more) = case["sets"] or [None]
    return (
        first is not None
        and not more
        and case["name"] in right
        and "runtime" in first
        and not first.get("random")
        and (case["rtol"], case["atol"]) == (1e-3, 1e-7)
        and len(json.dumps(first)) < MAX_BYTES
        and not load(case).functions
    )


def renamed(values, prefix):
    return [{**value, "name": prefix + value["name"]} for value in values]


def join(name, cases):
    models = [compose.add_prefix(load(case), f"{case['name']}/") for case in cases]
    nodes, inputs, outputs, constants = [], [], [], []
    for model in models:
        nodes.extend(model.graph.node)
        inputs.extend(model.graph.input)
        outputs.extend(model.graph.output)
        constants.extend(model.graph.initializer)
    graph = helper.make_graph(nodes, name, inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=models[0].opset_import, ir_version=models[0].ir_version)
    sets = [(f"{case['name']}/", case["sets"][0]) for case in cases]
    joined = {
        key: [value for prefix, one in sets for value in renamed(one[key], prefix)]
        for key in ["inputs", "recorded", "runtime"]
    }
    return {
        "name": name,
        "model": base64.b64encode(model.SerializeToString()).decode(),
        "rtol": 1e-3,
        "atol": 1e-7,
        "sets": [joined],
    }


def main():
    with open(sys.argv[1]) as lines:
        cases = [json.loads(line) for line in lines]
    with open(sys.argv[2]) as verdicts:
        right = {verdict["name"] for verdict in json.load(verdicts) if verdict["outcome"] == "right"}
    groups = {}
    for case in cases:
        if is_usable(case, right):
            groups.setdefault(opsets(load(case)), []).append(case)
    # The largest groups, since only models with the same operator sets can be joined; each gives as many models as the others.
    chosen = sorted(groups.values(), key=len, reverse=True)[:GROUPS]
    with gzip.GzipFile(sys.argv[3], "wb", mtime=0) as out:
        for number, group in enumerate(chosen):
            wanted = min(len(group), -(-MODELS // len(chosen)))
            spread = [group[index * len(group) // wanted] for index in range(wanted)]
            out.write((json.dumps(join(f"suite-{number}", spread)) + "\n").encode())
            print(len(spread), "of", len(group), opsets(load(group[0])))


main()
