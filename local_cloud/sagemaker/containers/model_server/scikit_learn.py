"""Calls user code as the image sagemaker-scikit-learn does: from a Flask view.

Every exception of user code becomes a 500, and only the log has its reason. For another status,
output_fn must return a response or a WSGI application.
Source: sagemaker_containers._transformer and ._worker.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from .messages import DEFAULT_ACCEPT_VARIABLE, JSON, TEXT_TYPES, Reply, Request, as_bytes
from .user_module import Functions, load_functions, model_folder

# The page that Flask returns for an unhandled exception.
_FAULT = b"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
<title>500 Internal Server Error</title>
<h1>Internal Server Error</h1>
<p>The server encountered an internal error and was unable to complete your request.  Either the \
server is overloaded or there is an error in the application.</p>
"""


class ScikitLearn:
    """A model with its user code."""

    def __init__(self) -> None:
        self._functions: Functions = load_functions()
        self._model = self._functions.model_fn(model_folder())
        self._default_accept = os.environ.get(DEFAULT_ACCEPT_VARIABLE, JSON)

    def invoke(self, request: Request) -> Reply:
        """Call input_fn, predict_fn and output_fn."""
        try:
            return _reply(self._transform(request))
        except Exception:  # as Flask does for a view
            traceback.print_exc()
            return Reply(500, _FAULT, "text/html")

    def _transform(self, request: Request) -> Any:
        content_type = request.content_type or JSON
        is_text = content_type in TEXT_TYPES
        content = request.body.decode(errors="replace") if is_text else request.body
        data = self._functions.input_fn(content, content_type)
        prediction = self._functions.predict_fn(data, self._model)
        return self._functions.output_fn(prediction, request.accept or self._default_accept)


def _reply(result: Any) -> Reply:
    """Return the reply that Flask builds from the result of output_fn."""
    if isinstance(result, tuple):
        return Reply(200, as_bytes(result[0]), _with_charset(result[1]))
    if callable(result):
        return _called(result)
    return Reply(200, as_bytes(result), JSON)


def _with_charset(mimetype: str) -> str:
    """Werkzeug adds the encoding to text types."""
    return f"{mimetype}; charset=utf-8" if mimetype.startswith("text/") else mimetype


def _called(application: Callable[..., Iterable[bytes]]) -> Reply:
    """Return the reply of a WSGI application. Flask treats every callable as one."""
    started: list[tuple[str, dict[str, str]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        started.append((status, dict(headers)))

    body = b"".join(application({"REQUEST_METHOD": "POST"}, start_response))
    status, headers = started[-1]
    headers.pop("Content-Length", None)
    return Reply(int(status.split()[0]), body, headers.pop("Content-Type", JSON), headers)
