"""KServe's model server, with a model class of one method."""

import sys

from kserve import InferOutput, InferRequest, InferResponse, Model, ModelServer

from session import predict


class Digits(Model):
    def load(self):
        self.ready = True
        return self.ready

    async def predict(self, payload: InferRequest, headers=None, response_headers=None):
        label, probabilities = predict(payload.inputs[0].as_numpy())
        outputs = [
            InferOutput(name="label", shape=list(label.shape), datatype="INT64", data=label.ravel().tolist()),
            InferOutput(
                name="probabilities",
                shape=list(probabilities.shape),
                datatype="FP32",
                data=probabilities.ravel().tolist(),
            ),
        ]
        return InferResponse(response_id=payload.id or "none", model_name="digits", infer_outputs=outputs)


digits = Digits("digits")
digits.load()
ModelServer(http_port=int(sys.argv[1]), enable_grpc=False, enable_latency_logging=False).start([digits])
