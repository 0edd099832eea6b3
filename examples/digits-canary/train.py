"""Trains the three model versions of this example and records what each of them answers.

Writes models/digits/<version>/{model.onnx,trained_model.pkl}, models/digits/manifest.json and samples.json.
Run again, it writes the same bytes.
"""

import os

# Read by the numeric libraries when they load: one thread and one family of kernels, whatever the processor, so that sums
# are added up in the same order in every run.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", OPENBLAS_CORETYPE="Haswell")

import hashlib
import json
import pickle
from pathlib import Path

import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

HERE = Path(__file__).parent
MODEL = "digits"
SEED = 1
PIXELS = 64
DIGITS = 10
HELD_OUT = 360
PROBABILITY_DECIMALS = 4
OPSET = {"": 18, "ai.onnx.ml": 3}


def logistic_regression():
    return make_pipeline(MinMaxScaler(), LogisticRegression(max_iter=1000))


def multilayer_perceptron():
    network = MLPClassifier((64,), alpha=0.1, learning_rate_init=0.005, max_iter=400, random_state=SEED)
    return make_pipeline(MinMaxScaler(), network)


def swapped(labels, one, other):
    """The mistake of 1.2.0: whoever labelled the training images took these two digits for each other."""
    return np.select([labels == one, labels == other], [other, one], labels)


def export(model):
    onnx_model = to_onnx(
        model,
        name=MODEL,
        initial_types=[("image", FloatTensorType([None, PIXELS]))],
        options={"zipmap": False},
        target_opset=OPSET,
    )
    return onnx_model.SerializeToString(deterministic=True)


def answers(onnx_bytes, images):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(onnx_bytes, options, providers=["CPUExecutionProvider"])
    labels, probabilities = [], []
    for image in images:  # one by one, as a request brings them
        label, probability = session.run(["label", "probabilities"], {"image": image[np.newaxis]})
        labels.append(label[0])
        probabilities.append(probability[0])
    return np.array(labels), np.array(probabilities)


def check(version, model, images, labels, probabilities):
    if not np.array_equal(labels, model.predict(images)):
        raise SystemExit(f"{version}: the ONNX model gives other labels than scikit-learn's")
    difference = float(np.abs(probabilities - model.predict_proba(images)).max())
    if difference > 1e-5:
        raise SystemExit(f"{version}: the ONNX model's probabilities are up to {difference:.1e} off scikit-learn's")


def plain(number):
    """A number as JSON writes it shortest: 0, 0.5, 13."""
    number = round(float(number), PROBABILITY_DECIMALS)
    return int(number) if number.is_integer() else number


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def write_samples(images, labels, recorded):
    """One sample a line, so that a change of the recorded answers reads well in a diff."""
    inputs = [{"name": "image", "datatype": "FP32", "shape": [1, PIXELS]}]
    outputs = [
        {"name": "label", "datatype": "INT64", "shape": [1], "tolerance": 0},
        {"name": "probabilities", "datatype": "FP32", "shape": [1, DIGITS], "tolerance": 10**-PROBABILITY_DECIMALS},
    ]
    samples = [
        {
            "inputs": {"image": [plain(pixel) for pixel in image]},
            "label": int(label),
            "expected": {
                version: {"label": [int(found[i])], "probabilities": [plain(p) for p in probabilities[i]]}
                for version, (found, probabilities) in recorded.items()
            },
        }
        for i, (image, label) in enumerate(zip(images, labels))
    ]
    lines = ",\n".join("    " + compact(sample) for sample in samples)
    (HERE / "samples.json").write_text(
        "{\n"
        f'  "model": {compact(MODEL)},\n'
        f'  "inputs": {compact(inputs)},\n'
        f'  "outputs": {compact(outputs)},\n'
        f'  "labelOutput": "label",\n'
        f'  "samples": [\n{lines}\n  ]\n'
        "}\n"
    )


def main():
    images, labels = load_digits(return_X_y=True)
    images = images.astype(np.float32)
    train_images, held_out_images, train_labels, held_out_labels = train_test_split(
        images, labels, test_size=HELD_OUT, stratify=labels, random_state=SEED
    )
    versions = {
        "1.0.0": (logistic_regression(), train_labels),
        "1.1.0": (multilayer_perceptron(), train_labels),
        "1.2.0": (multilayer_perceptron(), swapped(train_labels, 4, 9)),
    }
    recorded, manifest = {}, {"model": MODEL, "heldOut": HELD_OUT, "versions": []}
    for version, (model, version_labels) in versions.items():
        model.fit(train_images, version_labels)
        onnx_bytes = export(model)
        found, probabilities = answers(onnx_bytes, held_out_images)
        check(version, model, held_out_images, found, probabilities)
        recorded[version] = (found, probabilities)

        folder = HERE / "models" / MODEL / version
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.onnx").write_bytes(onnx_bytes)
        (folder / "trained_model.pkl").write_bytes(pickle.dumps(model, protocol=5))
        entry = {
            "version": version,
            "sha256": hashlib.sha256(onnx_bytes).hexdigest(),
            "size": len(onnx_bytes),
            "accuracy": round(float((found == held_out_labels).mean()), 4),
        }
        manifest["versions"].append(entry)
        print(f"{version}: {entry['accuracy']:.1%} right, {entry['size']} bytes, sha256 {entry['sha256']}")
    (HERE / "models" / MODEL / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    write_samples(held_out_images, held_out_labels, recorded)


if __name__ == "__main__":
    main()
