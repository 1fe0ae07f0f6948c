"""Answers a request that hosting code cannot use with a status of 4xx and the reason alone.

When hosting code raises an error, the scikit-learn image answers 500 with Flask's own page
(sagemaker_containers._functions.error_wrapper turns every error into one that is not handled). So a
rejected request is a value that goes from function to function until output_fn answers it:

- The scikit-learn image gets a WSGI application, which Flask takes as a response
  (sagemaker_containers._transformer passes on what is not a tuple; flask.Flask.make_response).
- The XGBoost image gets the status through the context that its toolkit gives to a function with
  one parameter more (sagemaker_inference.transformer, from 1.7). An older toolkit gets its own
  error, and sends the stack trace below the reason.
"""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from types import ModuleType
from typing import Any, NamedTuple

from pipeline_code.runtime.job_errors import DataError

TEXT = "text/plain"


class WrongContentType(DataError):
    """The content type of a request is not supported."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class WrongAccept(DataError):
    """The content type that a client accepts is not supported."""

    status = HTTPStatus.NOT_ACCEPTABLE


@dataclass(frozen=True)
class InvalidRequest:
    """A request that gets no predictions: the status of the answer and the reason."""

    status: HTTPStatus
    message: str


class Hosting(NamedTuple):
    """The four functions that a framework image calls."""

    model_fn: Callable[..., Any]
    input_fn: Callable[..., Any]
    predict_fn: Callable[..., Any]
    output_fn: Callable[..., Any]


def scikit_learn(code: ModuleType | Hosting) -> Hosting:
    """Hosting code that raises DataError, for the scikit-learn image."""
    answer = _rejecting(code.output_fn)

    def output_fn(predicted: Any, accept: str | None) -> Any:
        result = answer(predicted, accept)
        return _application(result) if isinstance(result, InvalidRequest) else result

    return Hosting(code.model_fn, _rejecting(code.input_fn), _rejecting(code.predict_fn), output_fn)


def xgboost(code: ModuleType | Hosting) -> Hosting:
    """Hosting code that raises DataError, for the XGBoost image."""
    answer = _rejecting(code.output_fn)

    def model_fn(model_dir: str) -> Any:
        _leave_bytes_to_input_fn()
        return code.model_fn(model_dir)

    def output_fn(predicted: Any, accept: str | None, context: Any = None) -> Any:
        result = answer(predicted, accept)
        if not isinstance(result, InvalidRequest):
            return result
        if context is None:
            raise _toolkit_error(result)
        context.set_response_status(code=result.status.value, phrase=result.status.phrase)
        return result.message, TEXT

    return Hosting(model_fn, _rejecting(code.input_fn), _rejecting(code.predict_fn), output_fn)


def _rejecting(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The function, with a DataError returned as InvalidRequest, and passing one on."""

    def run(data: Any, argument: Any) -> Any:
        if isinstance(data, InvalidRequest):
            return data
        try:
            return function(data, argument)
        except DataError as error:
            status = getattr(error, "status", HTTPStatus.BAD_REQUEST)
            return InvalidRequest(status, str(error))

    return run


def _leave_bytes_to_input_fn() -> None:
    """Stop the toolkit from decoding text before input_fn: it answers 500 to invalid UTF-8.

    Outside of the image there is no toolkit.
    """
    types = sys.modules.get("sagemaker_inference.content_types")
    if types is not None:
        types.UTF8_TYPES.clear()


def _application(rejected: InvalidRequest) -> Callable[..., Iterable[bytes]]:
    """The answer to a rejected request as a WSGI application."""

    def answer(_environ: Any, start_response: Callable[..., Any]) -> Iterable[bytes]:
        status = f"{rejected.status.value} {rejected.status.phrase}"
        start_response(status, [("Content-Type", f"{TEXT}; charset=utf-8")])
        return [rejected.message.encode()]

    return answer


def _toolkit_error(rejected: InvalidRequest) -> Exception:
    from sagemaker_inference.errors import BaseInferenceToolkitError

    error: Exception = BaseInferenceToolkitError(
        rejected.status.value, rejected.message, rejected.status.phrase
    )
    return error
