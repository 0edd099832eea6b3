"""Makes every call that KServe's client has: python kserve_client.py HOST:PORT HOST:GRPC_PORT, of a server of echo.onnx as "echo"."""

import asyncio
import sys

from kserve import InferenceGRPCClient, InferenceRESTClient, InferInput, InferRequest, RESTConfig
from kserve.protocol.infer_type import RequestedOutput
from table import TENSORS, Table, same

MODEL = "echo"
base, grpc_address = f"http://{sys.argv[1]}", sys.argv[2]


def request(binary, wanted=None):
    inputs = []
    for datatype, (name, data) in TENSORS.items():
        one = InferInput(f"in_{name}", list(data.shape), datatype)
        one.set_data_from_numpy(data, binary_data=binary)
        inputs.append(one)
    outputs = [RequestedOutput(f"out_{name}", parameters={"binary_data": wanted}) for name, _ in TENSORS.values()]
    return InferRequest(model_name=MODEL, infer_inputs=inputs, request_outputs=None if wanted is None else outputs)


def answered(response):
    outputs = {output.name: output for output in response.outputs}
    return same(lambda name: outputs[name].as_numpy())


async def check_second(table, run):
    client = InferenceRESTClient(RESTConfig(protocol="v2", retries=1, timeout=10))
    await run(table, "is_server_live", client.is_server_live(base))
    await run(table, "is_server_ready", client.is_server_ready(base))
    await run(table, "is_model_ready", client.is_model_ready(base, MODEL))
    words = {True: "binary", False: "JSON", None: "what it likes"}
    for sent in (True, False):
        for wanted in (None, True, False):
            answer = client.infer(base, request(sent, wanted), model_name=MODEL)
            await run(table, f"infer, {words[sent]} to {words[wanted]}", answer, answered)
    await client.close()


async def check_first(table, run):
    client = InferenceRESTClient(RESTConfig(protocol="v1", retries=1, timeout=10))
    await run(table, "is_model_ready", client.is_model_ready(base, MODEL))
    instance = {f"in_{name}": data[0].tolist() for datatype, (name, data) in TENSORS.items() if datatype != "BYTES"}
    instance["in_STRING"] = ["a", "ü水"]
    answer = client.infer(base, {"instances": [instance]}, model_name=MODEL)
    await run(table, "infer", answer, lambda reply: reply["predictions"][0]["out_INT8"] == [-128, 127])
    await client.close()


async def check_grpc(table, run):
    client = InferenceGRPCClient(grpc_address)
    await run(table, "is_server_live", client.is_server_live())
    await run(table, "is_server_ready", client.is_server_ready())
    await run(table, "is_model_ready", client.is_model_ready(MODEL))
    await run(table, "infer, raw contents", client.infer(request(True)), answered)
    await run(table, "infer, contents", client.infer(request(False)), answered)
    await client.close()


async def main():
    async def run(table, call, awaitable, judge=lambda value: value):
        try:
            value = await awaitable
        except Exception as error:  # a client may raise anything
            table.report(call, "fail", f"{type(error).__name__}: {error}")
            return
        table.check(call, lambda: judge(value))

    await check_second(Table("kserve REST, v2"), run)
    await check_first(Table("kserve REST, v1"), run)
    await check_grpc(Table("kserve gRPC"), run)


asyncio.run(main())
