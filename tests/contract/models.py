"""Small models whose code tests the server, not a prediction."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PROGRAM = {
    "SAGEMAKER_PROGRAM": "inference.py",
    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
}
WITHOUT_BUILD_ISOLATION = PROGRAM | {"PIP_NO_BUILD_ISOLATION": "0"}
APPLICATION = {
    "SAGEMAKER_SERVING_MODULE": "inference:app",
    "PYTHONPATH": "/opt/ml/model/code",
}
# The body of a request selects the result of output_fn, or the function that fails.
SCRIPT = """
import flask
from helper import FACTOR

def model_fn(model_dir):
    return FACTOR

def input_fn(body, content_type):
    if body in ("input fails", b"input fails"):
        raise ValueError("input")
    return body, content_type

def predict_fn(data, model):
    if data[0] == "predict fails":
        raise ValueError("predict")
    return repr((*data, model))

def refusal(environ, start_response):
    start_response("406 Not Acceptable", [("Content-Type", "text/plain"), ("X-More", "yes")])
    return [b"refused"]

RETURNED = {
    "text": "text",
    "bytes": b"bytes",
    "object": {"a": 1},
    "list": [1, 2],
    "number": 5,
    "nothing": None,
    "application": refusal,
    "json": ('{"a": 1}', "application/json"),
    "typed bytes": (b"\\xff", "application/x-npy"),
    "status": ("text", 400),
}

def output_fn(prediction, accept):
    for name, value in RETURNED.items():
        if prediction.startswith(f"('{name}',"):
            return value
    if prediction.startswith("('response',"):
        return flask.Response("made", status=422, mimetype="text/plain")
    return f"{prediction} {accept}", "text/plain"
"""
# Scripts with the default functions of the image, or with transform_fn.
DEFAULTS = """
import numpy as np

class Model:
    def predict(self, rows):
        if len(rows.shape) != 2:
            raise ValueError("expected two dimensions")
        return rows.sum(axis=1)

def model_fn(model_dir):
    return Model()
"""
TRANSFORM = """
def model_fn(model_dir):
    return 2

def transform_fn(model, body, content_type, accept):
    if body == "fails":
        raise ValueError("transform")
    return f"{model} {body!r} {content_type} {accept}", "text/plain"
"""
WSGI = """
from helper import FACTOR

def app(environ, start_response):
    if environ["PATH_INFO"] == "/ping":
        start_response("200 OK", [])
        return [b""]
    body = environ["wsgi.input"].read()
    if body == b"fails":
        raise ValueError("the application fails")
    status = "400 Bad Request" if body == b"refuse" else "200 OK"
    start_response(status, [("Content-Type", "text/plain")])
    seen = [environ.get(name) for name in ("CONTENT_TYPE", "HTTP_ACCEPT", "CONTENT_LENGTH")]
    return [repr((*seen, environ["REQUEST_METHOD"], environ["QUERY_STRING"], body)).encode()]
"""
# A build backend without dependencies: it writes a wheel with all files of its folder.
BACKEND = """
import pathlib
import zipfile

METADATA = {
    "METADATA": ["Metadata-Version: 2.1", "Name: inference", "Version: 1.0"],
    "WHEEL": ["Wheel-Version: 1.0", "Root-Is-Purelib: true", "Tag: py3-none-any"],
    "RECORD": [],
}

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = "inference-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory, name), "w") as wheel:
        for path in pathlib.Path().glob("*.py"):
            wheel.write(path)
        for file, lines in METADATA.items():
            wheel.writestr(f"inference-1.0.dist-info/{file}", "\\n".join([*lines, ""]))
    return name
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


def write_model(folder: Path, code: str, more: Mapping[str, str] | None = None) -> Path:
    """Write a model's code: inference.py, a module that it imports, and further files."""
    files = {"inference.py": code, "helper.py": "FACTOR = 2\n", **(more or {})}
    for name, text in files.items():
        (folder / "code" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "code" / name).write_text(text)
    return folder
