"""MLServer's model class; its settings are written by the benchmark."""

from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse

from session import predict


class Digits(MLModel):
    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        label, probabilities = predict(NumpyCodec.decode_input(payload.inputs[0]))
        return InferenceResponse(
            model_name=self.name,
            model_version=self.version,
            outputs=[
                NumpyCodec.encode_output("label", label),
                NumpyCodec.encode_output("probabilities", probabilities),
            ],
        )
