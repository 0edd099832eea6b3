"""What the scripts beside this one share: the tensors that they send, and the table that they print."""

import json
import sys

import numpy as np

# One input of each datatype that JSON carries, and an output that gives it back, as in echo.onnx.
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
    """Whether every output, had from a function of its name, is what was sent."""
    for datatype, (name, sent) in TENSORS.items():
        got = output_of(f"out_{name}")
        if datatype == "BYTES":
            got = np.array([[text.encode() if isinstance(text, str) else text for text in row] for row in got], object)
        assert got.shape == sent.shape and (got == sent).all(), f"{datatype}: {got}"
    return f"{len(TENSORS)} outputs"


class Table:
    """Calls and what came of them, one JSON object a line."""

    def __init__(self, client):
        self.client = client

    def check(self, call, run):
        try:
            seen = run()
            self.tell(call, "fail" if seen is False else "pass", "" if seen in (True, None) else str(seen))
        except Exception as error:  # whatever a client throws is what there is to tell
            self.tell(call, "fail", f"{type(error).__name__}: {error}")

    def refused(self, call, run, *words):
        """A call that must be refused, with these words in what the client says of it."""

        def refusal():
            try:
                run()
            except Exception as error:
                told = f"{error} {error.status() if callable(getattr(error, 'status', None)) else ''}"
                missing = [word for word in words if word not in told]
                assert not missing, f"{told} does not say {missing}"
                return told
            return False

        self.check(call, refusal)

    def not_offered(self, call, run):
        """A call for something that the server does not have, and must say so."""
        try:
            run()
            self.tell(call, "fail", "answered")
        except Exception as error:
            self.tell(call, "not offered", str(error))

    def tell(self, call, outcome, seen):
        line = {"client": self.client, "call": call, "outcome": outcome, "seen": " ".join(seen.split())[:100]}
        sys.stdout.write(f"{json.dumps(line)}\n")
