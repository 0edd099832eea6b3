"""The digits model, as every peer computes with it: one thread, as in the server that they are compared with."""

import os

import onnxruntime

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(os.environ["MODEL_FILE"], options, providers=["CPUExecutionProvider"])


def predict(image):
    """The model's outputs, label and probabilities, for rows of 64 numbers."""
    return session.run(["label", "probabilities"], {"image": image})
