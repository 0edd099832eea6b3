"""Makes every call that tritonclient has: python triton_client.py HOST:PORT HOST:GRPC_PORT, of a server of echo.onnx as "echo"."""

import asyncio
import queue
import sys
import urllib.request

import grpc
import tritonclient.grpc as triton_grpc
import tritonclient.grpc.aio as triton_grpc_aio
import tritonclient.http as triton_http
import tritonclient.http.aio as triton_http_aio
from table import TENSORS, Table, same

MODEL = "echo"
http_address, grpc_address = sys.argv[1:3]
http = triton_http.InferenceServerClient(http_address)
rpc = triton_grpc.InferenceServerClient(grpc_address)


def http_inputs(binary):
    inputs = []
    for datatype, (name, data) in TENSORS.items():
        one = triton_http.InferInput(f"in_{name}", list(data.shape), datatype)
        one.set_data_from_numpy(data, binary_data=binary)
        inputs.append(one)
    return inputs


def http_outputs(binary):
    return [triton_http.InferRequestedOutput(f"out_{name}", binary_data=binary) for name, _ in TENSORS.values()]


def grpc_inputs():
    inputs = []
    for datatype, (name, data) in TENSORS.items():
        one = triton_grpc.InferInput(f"in_{name}", list(data.shape), datatype)
        one.set_data_from_numpy(data)
        inputs.append(one)
    return inputs


def grpc_outputs():
    return [triton_grpc.InferRequestedOutput(f"out_{name}") for name, _ in TENSORS.values()]


def answered(result):
    return same(result.as_numpy)


def check_http(table):
    table.check("is_server_live", http.is_server_live)
    table.check("is_server_ready", http.is_server_ready)
    table.check("is_model_ready", lambda: http.is_model_ready(MODEL) and http.is_model_ready(MODEL, "1"))
    table.check("is_model_ready, unknown model", lambda: not http.is_model_ready("unknown"))
    table.check("get_server_metadata", lambda: http.get_server_metadata()["name"])
    table.check("get_model_metadata", lambda: http.get_model_metadata(MODEL, "1")["inputs"][0]["name"])
    table.check("get_model_config", lambda: http.get_model_config(MODEL)["max_batch_size"] >= 0)
    table.check("get_model_repository_index", lambda: http.get_model_repository_index()[0]["name"] == MODEL)
    table.check("get_inference_statistics", lambda: http.get_inference_statistics(MODEL)["model_stats"][0]["name"] == MODEL)
    table.check("get_inference_statistics, all", lambda: http.get_inference_statistics()["model_stats"][0]["name"] == MODEL)
    words = {True: "binary", False: "JSON"}
    for sent in (True, False):
        for wanted in (True, False):
            call = lambda: answered(http.infer(MODEL, http_inputs(sent), outputs=http_outputs(wanted)))
            table.check(f"infer, {words[sent]} to {words[wanted]}", call)
    table.check("infer, every output, version, id", lambda: answered(http.infer(MODEL, http_inputs(True), "1", request_id="r")))
    for packing in ("gzip", "deflate"):
        request = lambda: answered(http.infer(MODEL, http_inputs(True), request_compression_algorithm=packing))
        answer = lambda: answered(http.infer(MODEL, http_inputs(False), response_compression_algorithm=packing))
        table.check(f"infer, request by {packing}", request)
        table.check(f"infer, answer by {packing}", answer)
    everything = dict(request_id="x", priority=1, timeout=10_000_000, parameters={"a": 1})
    table.check("infer, priority, timeout, parameters", lambda: http.infer(MODEL, http_inputs(True), **everything).get_response()["id"] == "x")
    sequence = dict(sequence_id=5, sequence_start=True, sequence_end=True)
    table.check("infer, a sequence", lambda: answered(http.infer(MODEL, http_inputs(True), **sequence)))
    table.check("async_infer", lambda: answered(http.async_infer(MODEL, http_inputs(True)).get_result()))
    table.check("generate_request_body, parse_response_body", lambda: answered(by_hand()))
    table.check("aio", lambda: asyncio.run(http_in_loop()))
    table.rejected("infer, unknown model", lambda: http.infer("unknown", http_inputs(True)), "404")
    table.rejected("infer, missing inputs", lambda: http.infer(MODEL, http_inputs(True)[:3]), "400", "missing")
    classes = [triton_http.InferRequestedOutput("out_FLOAT", class_count=2)]
    table.rejected("infer, classification", lambda: http.infer(MODEL, http_inputs(True), outputs=classes), "400")
    table.check("unload_model", lambda: http.unload_model(MODEL) is None and not http.is_model_ready(MODEL))
    table.check("load_model", lambda: http.load_model(MODEL) is None and http.is_model_ready(MODEL))
    table.not_offered("get_trace_settings", http.get_trace_settings)
    table.not_offered("get_log_settings", http.get_log_settings)
    table.not_offered("get_system_shared_memory_status", http.get_system_shared_memory_status)
    table.not_offered("get_cuda_shared_memory_status", http.get_cuda_shared_memory_status)


def by_hand():
    body, length = triton_http.InferenceServerClient.generate_request_body(http_inputs(True))
    headers = {"Inference-Header-Content-Length": str(length)} if length else {}
    request = urllib.request.Request(f"http://{http_address}/v2/models/{MODEL}/infer", body, headers)
    with urllib.request.urlopen(request) as response:
        length = response.headers.get("Inference-Header-Content-Length")
        content = response.read()
    return triton_http.InferenceServerClient.parse_response_body(content, False, int(length) if length else None)


async def http_in_loop():
    async with triton_http_aio.InferenceServerClient(http_address) as client:
        return await client.is_server_ready() and answered(await client.infer(MODEL, http_inputs(True)))


def check_grpc(table):
    table.check("is_server_live", rpc.is_server_live)
    table.check("is_server_ready", rpc.is_server_ready)
    table.check("is_model_ready", lambda: rpc.is_model_ready(MODEL) and rpc.is_model_ready(MODEL, "1"))
    table.rejected("is_model_ready, unknown model", lambda: rpc.is_model_ready("unknown"), "NOT_FOUND")
    table.check("get_server_metadata", lambda: rpc.get_server_metadata(as_json=True)["name"])
    table.check("get_model_metadata", lambda: rpc.get_model_metadata(MODEL, "1").inputs[0].name)
    table.check("get_model_config", lambda: rpc.get_model_config(MODEL).config.max_batch_size >= 0)
    table.check("get_model_repository_index", lambda: rpc.get_model_repository_index().models[0].name == MODEL)
    table.check("get_inference_statistics", lambda: rpc.get_inference_statistics(MODEL).model_stats[0].name == MODEL)
    table.check("get_inference_statistics, all", lambda: rpc.get_inference_statistics().model_stats[0].name == MODEL)
    table.check("infer", lambda: answered(rpc.infer(MODEL, grpc_inputs(), outputs=grpc_outputs())))
    table.check("infer, every output, version, id", lambda: answered(rpc.infer(MODEL, grpc_inputs(), "1", request_id="r")))
    table.check("infer, the id comes back", lambda: rpc.infer(MODEL, grpc_inputs(), request_id="r").get_response().id == "r")
    for packing in ("gzip", "deflate"):
        table.check(f"infer, {packing}", lambda: answered(rpc.infer(MODEL, grpc_inputs(), compression_algorithm=packing)))
    everything = dict(priority=1, timeout=10_000_000, client_timeout=5, parameters={"a": "b"})
    table.check("infer, priority, timeout, parameters", lambda: answered(rpc.infer(MODEL, grpc_inputs(), **everything)))
    table.check("async_infer", lambda: called_back(lambda done: rpc.async_infer(MODEL, grpc_inputs(), done)))
    table.check("start_stream, async_stream_infer", streamed)
    table.check("aio", lambda: asyncio.run(grpc_in_loop()))
    table.rejected("infer, unknown model", lambda: rpc.infer("unknown", grpc_inputs()), "NOT_FOUND")
    table.rejected("infer, missing inputs", lambda: rpc.infer(MODEL, grpc_inputs()[:3]), "INVALID_ARGUMENT", "missing")
    table.check("unload_model", lambda: rpc.unload_model(MODEL) is None and http.is_model_ready(MODEL) is False)
    table.check("load_model", lambda: rpc.load_model(MODEL) is None and rpc.is_model_ready(MODEL))
    table.not_offered("get_trace_settings", rpc.get_trace_settings)
    table.not_offered("get_log_settings", rpc.get_log_settings)
    table.not_offered("get_system_shared_memory_status", rpc.get_system_shared_memory_status)
    table.not_offered("get_cuda_shared_memory_status", rpc.get_cuda_shared_memory_status)


def called_back(start):
    results = queue.Queue()
    start(lambda result, error: results.put((result, error)))
    result, error = results.get(timeout=10)
    if error is not None:
        raise error
    return answered(result)


def streamed():
    def start(done):
        rpc.start_stream(done)
        rpc.async_stream_infer(MODEL, grpc_inputs())

    try:
        return called_back(start)
    finally:
        rpc.stop_stream()


async def grpc_in_loop():
    async with triton_grpc_aio.InferenceServerClient(grpc_address) as client:
        return await client.is_server_ready() and answered(await client.infer(MODEL, grpc_inputs()))


def check_health(table):
    try:
        from grpc_health.v1 import health_pb2, health_pb2_grpc
    except ImportError:
        return
    stub = health_pb2_grpc.HealthStub(grpc.insecure_channel(grpc_address))
    ask = health_pb2.HealthCheckRequest(service="")
    table.check("Check", lambda: stub.Check(ask).status == health_pb2.HealthCheckResponse.SERVING)
    table.check("Watch", lambda: next(iter(stub.Watch(ask, timeout=5))).status == health_pb2.HealthCheckResponse.SERVING)


check_http(Table("tritonclient.http"))
check_grpc(Table("tritonclient.grpc"))
check_health(Table("grpc_health"))
