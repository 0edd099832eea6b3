"""FastAPI, uvicorn and onnxruntime, as one writes such a server by hand: checked input, no batching, no metrics."""

import os
import sys

import numpy as np
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from session import predict

app = FastAPI()


class Tensor(BaseModel):
    name: str
    datatype: str
    shape: list[int]
    data: list[float]


class Request(BaseModel):
    inputs: list[Tensor]


@app.post("/v2/models/digits/infer")
async def infer(request: Request):
    tensor = request.inputs[0]
    label, probabilities = predict(np.asarray(tensor.data, dtype=np.float32).reshape(tensor.shape))
    return {
        "model_name": "digits",
        "model_version": "1.1.0",
        "outputs": [
            {"name": "label", "datatype": "INT64", "shape": label.shape, "data": label.tolist()},
            {
                "name": "probabilities",
                "datatype": "FP32",
                "shape": probabilities.shape,
                "data": probabilities.ravel().tolist(),
            },
        ],
    }


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")
