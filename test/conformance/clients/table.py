"""What the client scripts share: the tensors that they send, and the table that they print."""

import json
import sys

import numpy as np

# One input of each datatype that JSON carries, and an output that returns it, as in echo.onnx.
TENSORS = {
    "BOOL": ("BOOL", np.array([[True, False]])),
    "UINT8": ("UINT8", np.array([[0, 255]], np.uint8)),
    "UINT16": ("UINT16", np.array([[0, 2**16 - 1]], np.uint16)),
    "UINT32": ("UINT32", np.array([[0, 2**32 - 1]], np.uint32)),
    "UINT64": ("UINT64", np.array([[2**53 + 1, 2**64 - 1]], np.uint64)),
    "INT8": ("INT8", np.array([[-128, 127]], np.int8)),
    "INT16": ("INT16", np.array([[-1, 5]], np.int16)),
    "INT32": ("INT32", np.array([[-1, 2**31 - 1]], np.int32)),
    "INT64": ("INT64", np.array([[-(2**63), 2**53 + 1]], np.int64)),
    "FP32": ("FLOAT", np.array([[1.5, -0.25]], np.float32)),
    "FP64": ("DOUBLE", np.array([[0.1, 1e300]], np.float64)),
    "BYTES": ("STRING", np.array([["a".encode(), "ü水".encode()]], dtype=object)),
}


def same(output_of):
    """Checks that every output, fetched by its name, equals the input."""
    for datatype, (name, sent) in TENSORS.items():
        got = output_of(f"out_{name}")
        if datatype == "BYTES":
            got = np.array([[text.encode() if isinstance(text, str) else text for text in row] for row in got], object)
        assert got.shape == sent.shape and (got == sent).all(), f"{datatype}: {got}"
    return f"{len(TENSORS)} outputs"


class Table:
    """Reports calls and their outcomes, one JSON object per line."""

    def __init__(self, client):
        self.client = client

    def check(self, call, run):
        try:
            result = run()
            self.report(call, "fail" if result is False else "pass", "" if result in (True, None) else str(result))
        except Exception as error:  # a client may raise anything
            self.report(call, "fail", f"{type(error).__name__}: {error}")

    def rejected(self, call, run, *words):
        """Checks that a call is rejected, with these words in the error of the client."""

        def rejection():
            try:
                run()
            except Exception as error:
                message = f"{error} {error.status() if callable(getattr(error, 'status', None)) else ''}"
                missing = [word for word in words if word not in message]
                assert not missing, f"{message} does not say {missing}"
                return message
            return False

        self.check(call, rejection)

    def not_offered(self, call, run):
        """Checks that a call for something that the server does not have is an error."""
        try:
            run()
            self.report(call, "fail", "answered")
        except Exception as error:
            self.report(call, "not offered", str(error))

    def report(self, call, outcome, detail):
        line = {"client": self.client, "call": call, "outcome": outcome, "detail": " ".join(detail.split())[:100]}
        sys.stdout.write(f"{json.dumps(line)}\n")
