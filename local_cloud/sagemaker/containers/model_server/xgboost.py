"""Calls user code as the image sagemaker-xgboost does: from a worker of Multi Model Server.

An error of `sagemaker_inference.errors` sets the status; any other exception becomes a 500. In
both cases the body is the message followed by the stack trace. A function with one additional
parameter gets the context, with which it can set the status.
Source: sagemaker_inference.transformer.
"""

from __future__ import annotations

import inspect
import os
import traceback
from collections.abc import Callable
from typing import Any

from sagemaker_inference import content_types
from sagemaker_inference.errors import BaseInferenceToolkitError

from .messages import DEFAULT_ACCEPT_VARIABLE, Reply, Request, as_bytes
from .user_module import Functions, load_functions, model_folder


class Context:
    """The object with which a function can set the status of the response."""

    def __init__(self) -> None:
        self.status = 200

    def set_response_status(self, code: int = 200, phrase: str = "", idx: int = 0) -> None:
        """Set the status of the response; the other arguments are ignored."""
        self.status = code


class XGBoost:
    """A model with its user code."""

    def __init__(self) -> None:
        self._functions: Functions = load_functions()
        self._default_accept = os.environ.get(DEFAULT_ACCEPT_VARIABLE, content_types.JSON)
        self._model = _call(self._functions.model_fn, Context(), model_folder())

    def invoke(self, request: Request) -> Reply:
        """Call input_fn, predict_fn and output_fn."""
        try:
            return self._transform(request)
        except BaseInferenceToolkitError as error:
            return _failed(error.status_code, error.message)
        except Exception as error:  # as the toolkit does
            return _failed(500, str(error))

    def _transform(self, request: Request) -> Reply:
        context, content = Context(), request.body
        accept = request.accept
        if not accept or accept == content_types.ANY:
            accept = self._default_accept
        body: Any = content
        if request.content_type in content_types.UTF8_TYPES:
            body = content.decode("utf-8")
        data = _call(self._functions.input_fn, context, body, request.content_type)
        prediction = _call(self._functions.predict_fn, context, data, self._model)
        result = _call(self._functions.output_fn, context, prediction, accept)
        answer, content_type = result if isinstance(result, tuple) else (result, accept)
        return Reply(context.status, as_bytes(answer), content_type)


def _call(function: Callable[..., Any], context: Context, *arguments: Any) -> Any:
    takes_context = len(inspect.signature(function).parameters) == len(arguments) + 1
    return function(*arguments, context) if takes_context else function(*arguments)


def _failed(status: int, message: str) -> Reply:
    trace = traceback.format_exc()
    print(trace, end="", flush=True)
    return Reply(status, f"{message}\n{trace}".encode(), content_types.JSON)
