"""What a framework image sends back for a request that hosting code cannot use."""

from __future__ import annotations

import sys
from http import HTTPStatus
from types import ModuleType, SimpleNamespace

import pytest

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.request_errors import InvalidRequest, WrongAccept, scikit_learn, xgboost


def input_fn(body, content_type):
    if body == "bad":
        raise DataError("request, line 1, column size: 'bad' is not a number")
    return [body]


def predict_fn(rows, model):
    if rows == ["short"]:
        raise DataError("the rows lack kind")
    return [model]


def output_fn(predicted, accept):
    if accept == "image/png":
        raise WrongAccept("accept 'image/png': allowed are text/csv")
    return str(predicted), accept


CODE = SimpleNamespace(
    model_fn=lambda model_dir: model_dir,
    input_fn=input_fn,
    predict_fn=predict_fn,
    output_fn=output_fn,
)


def answer(hosting, body, accept="text/csv", *more):
    model = hosting.model_fn("model")
    data = hosting.predict_fn(hosting.input_fn(body, "text/csv"), model)
    return hosting.output_fn(data, accept, *more)


def called(application):
    """What Flask makes of a WSGI application."""
    started = []
    body = b"".join(application({}, lambda status, headers: started.append((status, headers))))
    return started[0][0], body.decode()


@pytest.mark.parametrize("hosting", [scikit_learn(CODE), xgboost(CODE)])
def test_what_can_be_answered_is(hosting):
    assert answer(hosting, "good") == ("['model']", "text/csv")


@pytest.mark.parametrize(
    ("body", "accept", "status", "reason"),
    [
        (
            "bad",
            "text/csv",
            "400 Bad Request",
            "request, line 1, column size: 'bad' is not a number",
        ),
        ("short", "text/csv", "400 Bad Request", "the rows lack kind"),
        ("good", "image/png", "406 Not Acceptable", "accept 'image/png': allowed are text/csv"),
    ],
)
def test_the_scikit_learn_image_gets_an_application(body, accept, status, reason):
    assert called(answer(scikit_learn(CODE), body, accept)) == (status, reason)


class Context:
    def set_response_status(self, code, phrase):
        self.status = code, phrase


def test_the_xgboost_image_gets_the_status():
    context = Context()
    reason, content_type = answer(xgboost(CODE), "bad", "text/csv", context)
    assert context.status == (400, "Bad Request")
    assert (reason, content_type) == (
        "request, line 1, column size: 'bad' is not a number",
        "text/plain",
    )


def test_an_older_xgboost_image_gets_its_own_error(monkeypatch):
    class ToolkitError(Exception):
        pass

    errors = ModuleType("sagemaker_inference.errors")
    errors.BaseInferenceToolkitError = ToolkitError
    monkeypatch.setitem(sys.modules, "sagemaker_inference", ModuleType("sagemaker_inference"))
    monkeypatch.setitem(sys.modules, "sagemaker_inference.errors", errors)
    with pytest.raises(ToolkitError) as raised:
        answer(xgboost(CODE), "short")
    assert raised.value.args == (400, "the rows lack kind", "Bad Request")


def test_the_xgboost_image_leaves_text_undecoded(monkeypatch):
    types = ModuleType("sagemaker_inference.content_types")
    types.UTF8_TYPES = ["application/json", "text/csv"]
    monkeypatch.setitem(sys.modules, "sagemaker_inference.content_types", types)
    xgboost(CODE).model_fn("model")
    assert types.UTF8_TYPES == []


def test_other_errors_are_no_refusals():
    def broken(body, content_type):
        raise ZeroDivisionError

    code = SimpleNamespace(**{**vars(CODE), "input_fn": broken})
    with pytest.raises(ZeroDivisionError):
        scikit_learn(code).input_fn("good", "text/csv")
    assert scikit_learn(CODE).input_fn("bad", "text/csv") == InvalidRequest(
        HTTPStatus.BAD_REQUEST, "request, line 1, column size: 'bad' is not a number"
    )
