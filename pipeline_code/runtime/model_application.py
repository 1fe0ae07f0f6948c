"""Serves a model over HTTP: GET /ping and POST /invocations.

Source of the two paths: SageMaker Developer Guide, "Use Your Own Inference Code with Hosting
Services". In both framework images `serve` starts gunicorn with the WSGI application (PEP 3333)
that SAGEMAKER_SERVING_MODULE names: sagemaker_containers 2.8.6.post2, _server.py, start.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import ModuleType
from typing import Any

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.outside_rows import HEADER, OutsideRows, header
from pipeline_code.runtime.serving import is_verbose

TEXT = "text/plain; charset=utf-8"
ANY = "*/*"
METHODS = {"/ping": "GET", "/invocations": "POST"}
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class _Reply:
    status: HTTPStatus
    body: str = ""
    content_type: str = TEXT
    attributes: str = ""

    @property
    def headers(self) -> list[tuple[str, str]]:
        size = str(len(self.body.encode()))
        own = [("Content-Type", self.content_type), ("Content-Length", size)]
        return [*own, (HEADER, self.attributes)] if self.attributes else own


def application(code: ModuleType, folder: Path) -> Application:
    """The application that answers with the functions of hosting code.

    `code` has model_fn, input_fn, predict_fn and output_fn (`serving.hosting`). With
    explain_fn(rows, model), which returns an `Explanation`, it also explains the predictions of a
    client that accepts a verbose type. `folder` is an unpacked model.tar.gz. The model is loaded
    now, so a process that cannot load it never answers /ping. A DataError is an invalid request:
    the reply is its `status`, or 400, and its message. Any other exception is passed to the server,
    which logs it and replies 500. Rows outside the training rows are treated as `outside_rows`
    describes; the predictions are the same.
    """
    model = code.model_fn(str(folder))
    outside = OutsideRows.of_model(Path(folder))

    def run(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        reply = _reply(code, model, outside, environ)
        start_response(f"{reply.status.value} {reply.status.phrase}", reply.headers)
        return [reply.body.encode()]

    return run


def _reply(
    code: ModuleType, model: Any, outside: OutsideRows | None, environ: Mapping[str, Any]
) -> _Reply:
    path = environ["PATH_INFO"]
    if path not in METHODS:
        return _Reply(HTTPStatus.NOT_FOUND, f"no path {path}: allowed are {', '.join(METHODS)}")
    if environ["REQUEST_METHOD"] != METHODS[path]:
        return _Reply(HTTPStatus.METHOD_NOT_ALLOWED, f"{path} takes {METHODS[path]} only")
    if path == "/ping":
        return _Reply(HTTPStatus.OK)
    try:
        return _predicted(code, model, outside, environ)
    except DataError as error:
        return _Reply(getattr(error, "status", HTTPStatus.BAD_REQUEST), str(error))


def _predicted(
    code: ModuleType, model: Any, outside: OutsideRows | None, environ: Mapping[str, Any]
) -> _Reply:
    """The reply with the predictions of a request."""
    rows = code.input_fn(environ["wsgi.input"].read(), environ.get("CONTENT_TYPE"))
    accept = environ.get("HTTP_ACCEPT") or ANY
    found = outside.find(rows) if outside else None
    predicted = code.predict_fn(rows, model)
    explained = {}
    if hasattr(code, "explain_fn") and is_verbose(accept):
        explained = {"explanation": code.explain_fn(rows, model)}
    if outside is None or found is None:
        body, content_type = code.output_fn(predicted, accept, **explained)
        return _Reply(HTTPStatus.OK, body, content_type)
    columns = found.by_row(rows.num_rows) if outside.as_column else None
    body, content_type = code.output_fn(predicted, accept, outside=columns, **explained)
    return _Reply(HTTPStatus.OK, body, content_type, header(found) if found.columns else "")
