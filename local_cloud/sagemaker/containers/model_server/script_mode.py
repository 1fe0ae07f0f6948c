"""Flask over the functions of SAGEMAKER_PROGRAM, as both framework images serve them.

An exception of user code becomes a 500, and only the log has its reason. For another status,
output_fn must return a response or a WSGI application.
Source: sagemaker_containers._transformer and ._worker; the serving.py of each image.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import flask

from .user_module import PROGRAM, base_folder, module_name

JSON, CSV, ANY = "application/json", "text/csv", "*/*"
# Bodies of these types are passed to user code as text.
TEXT_TYPES = (JSON, CSV)
DEFAULT_ACCEPT = "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT"


@dataclass(frozen=True)
class Functions:
    """The functions of a user's module."""

    model_fn: Callable[..., Any]
    input_fn: Callable[..., Any]
    predict_fn: Callable[..., Any]
    output_fn: Callable[..., Any]


class JsonResponse(flask.Response):
    """A response of the toolkit: JSON, unless it is given another type."""

    default_mimetype = JSON


def application() -> flask.Flask:
    """The application of the user's module. The images load the model at the first request."""
    functions = load_functions()
    model = functions.model_fn(str(base_folder() / "model"))
    app = flask.Flask(module_name())

    @app.get("/ping")
    def ping() -> flask.Response:
        return JsonResponse(status=200)

    @app.post("/invocations")
    def invocations() -> Any:
        return _invoke(functions, model)

    return app


def load_functions() -> Functions:
    """Import the user's code; raises AttributeError that names missing functions.

    The images have defaults for some functions; here all four are required.
    """
    module = importlib.import_module(module_name())
    names = [field.name for field in fields(Functions)]
    missing = [name for name in names if not hasattr(module, name)]
    if missing:
        raise AttributeError(
            f"{os.environ[PROGRAM]} has no {', '.join(missing)}: the laptop cloud has no defaults "
            f"for them; define {', '.join(names)}"
        )
    return Functions(**{name: getattr(module, name) for name in names})


def _invoke(functions: Functions, model: Any) -> Any:
    """What the toolkit's view returns to Flask."""
    headers = flask.request.headers
    content_type = headers.get("ContentType") or headers.get("Content-Type") or JSON
    accept = headers.get("Accept")
    if not accept or accept == ANY:
        accept = os.environ.get(DEFAULT_ACCEPT, JSON)
    content: Any = flask.request.get_data(as_text=content_type in TEXT_TYPES)
    data = functions.input_fn(content, content_type)
    result = functions.output_fn(functions.predict_fn(data, model), accept)
    if isinstance(result, tuple):
        return JsonResponse(result[0], mimetype=result[1])
    return result
