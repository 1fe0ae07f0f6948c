"""Flask over the functions of SAGEMAKER_PROGRAM, as both framework images serve them.

An exception of user code becomes a response with status 500. Only the log contains its reason. For
another status, output_fn must return a response or a WSGI application. Source:
sagemaker_containers._transformer and ._worker.
"""

from __future__ import annotations

import os
from typing import Any

import flask

from .encoders import CSV, JSON
from .script_functions import Functions, load_functions
from .user_module import base_folder, module_name

ANY = "*/*"
# Bodies of these types are passed to user code as text.
TEXT_TYPES = (JSON, CSV)
DEFAULT_ACCEPT = "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT"


class JsonResponse(flask.Response):
    """A response of the toolkit. The default type is JSON."""

    default_mimetype = JSON


def application(repository: str) -> flask.Flask:
    """Load the model, and return the application. The images load it at the first request."""
    functions = load_functions(repository)
    model = functions.model_fn(str(base_folder() / "model"))
    app = flask.Flask(module_name())

    @app.get("/ping")
    def ping() -> flask.Response:
        return JsonResponse(status=200)

    @app.post("/invocations")
    def invocations() -> Any:
        return _invoke(functions, model)

    return app


def _invoke(functions: Functions, model: Any) -> Any:
    """Invoke the model, and return the response for Flask as the toolkit does."""
    headers = flask.request.headers
    content_type = headers.get("ContentType") or headers.get("Content-Type") or JSON
    accept = headers.get("Accept")
    if not accept or accept == ANY:
        accept = os.environ.get(DEFAULT_ACCEPT, JSON)
    is_text = content_type in TEXT_TYPES
    content = flask.request.get_data(as_text=True) if is_text else flask.request.get_data()
    result = functions.transform_fn(model, content, content_type, accept)
    if isinstance(result, tuple):
        return JsonResponse(result[0], mimetype=result[1])
    return result
