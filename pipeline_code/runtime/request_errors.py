"""How hosting code answers a request that it cannot use: with 4xx and the reason alone.

An error that hosting code raises is a 500 in the scikit-learn image, whose body is Flask's own page
(sagemaker_containers._functions.error_wrapper turns every error into one that nobody handles). So
a refusal travels as a value from function to function, and output_fn answers it:

- to the scikit-learn image with a WSGI application, which Flask takes for a response
  (sagemaker_containers._transformer hands on what is no tuple; flask.Flask.make_response);
- to the XGBoost image through the context that its toolkit gives to a function with one parameter
  more (sagemaker_inference.transformer, from 1.7), or, where the toolkit is older, by its own
  error, whose stack trace it then sends below the reason.
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
    """The request is of a type that is not read."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class WrongAccept(DataError):
    """The answer is asked for in a type that is not written."""

    status = HTTPStatus.NOT_ACCEPTABLE


@dataclass(frozen=True)
class Refusal:
    """A request that is not answered, and why."""

    status: HTTPStatus
    message: str


class Hosting(NamedTuple):
    """The four functions that a framework image calls."""

    model_fn: Callable[..., Any]
    input_fn: Callable[..., Any]
    predict_fn: Callable[..., Any]
    output_fn: Callable[..., Any]


def scikit_learn(code: ModuleType) -> Hosting:
    """Hosting code that raises DataError, for the scikit-learn image."""
    answer = _refusable(code.output_fn)

    def output_fn(predicted: Any, accept: str | None) -> Any:
        result = answer(predicted, accept)
        return _application(result) if isinstance(result, Refusal) else result

    return Hosting(code.model_fn, _refusable(code.input_fn), _refusable(code.predict_fn), output_fn)


def xgboost(code: ModuleType) -> Hosting:
    """Hosting code that raises DataError, for the XGBoost image."""
    answer = _refusable(code.output_fn)

    def model_fn(model_dir: str) -> Any:
        _leave_bytes_to_input_fn()
        return code.model_fn(model_dir)

    def output_fn(predicted: Any, accept: str | None, context: Any = None) -> Any:
        result = answer(predicted, accept)
        if not isinstance(result, Refusal):
            return result
        if context is None:
            raise _toolkit_error(result)
        context.set_response_status(code=result.status.value, phrase=result.status.phrase)
        return result.message, TEXT

    return Hosting(model_fn, _refusable(code.input_fn), _refusable(code.predict_fn), output_fn)


def _refusable(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A DataError of the function becomes a Refusal, and a Refusal given to it is handed on."""

    def run(data: Any, argument: Any) -> Any:
        if isinstance(data, Refusal):
            return data
        try:
            return function(data, argument)
        except DataError as error:
            return Refusal(getattr(error, "status", HTTPStatus.BAD_REQUEST), str(error))

    return run


def _leave_bytes_to_input_fn() -> None:
    """Keep the toolkit from decoding text before input_fn sees it: what is no UTF-8 were a 500.

    Outside of the image there is no toolkit.
    """
    types = sys.modules.get("sagemaker_inference.content_types")
    if types is not None:
        types.UTF8_TYPES.clear()


def _application(refusal: Refusal) -> Callable[..., Iterable[bytes]]:
    """The refusal as a WSGI application."""

    def answer(_environ: Any, start_response: Callable[..., Any]) -> Iterable[bytes]:
        status = f"{refusal.status.value} {refusal.status.phrase}"
        start_response(status, [("Content-Type", f"{TEXT}; charset=utf-8")])
        return [refusal.message.encode()]

    return answer


def _toolkit_error(refusal: Refusal) -> Exception:
    from sagemaker_inference.errors import BaseInferenceToolkitError

    error: Exception = BaseInferenceToolkitError(
        refusal.status.value, refusal.message, refusal.status.phrase
    )
    return error
