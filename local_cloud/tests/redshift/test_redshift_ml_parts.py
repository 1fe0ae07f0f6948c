"""Parts of Redshift ML without a cluster: values, predictors, and the end of a training."""

from __future__ import annotations

import io
import threading
from dataclasses import replace
from types import SimpleNamespace

import duckdb
import pytest

from local_cloud.redshift.machine_learning import models, predictors, training
from local_cloud.redshift.machine_learning.cells import predicted
from local_cloud.redshift.machine_learning.predictors import EndpointPredictor, LocalPredictor
from local_cloud.redshift.redshift_types import BOOL
from local_cloud.redshift.statement_errors import StatementFailed
from local_cloud.sagemaker.hosting.host_responses import UnhealthyHost

MODEL = models.Model(
    id="redshiftml-1",
    schema="public",
    name="tall",
    owner="admin",
    created="",
    state=models.TRAINING,
    kind=models.XGBOOST,
    function="is_tall",
    argument_names=(),
    arguments=(),
    returns="integer",
    role="arn:aws:iam::123456789012:role/ml",
)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("1.0", models.XGBOOST, True),
        ("0", models.XGBOOST, False),
        ("True", models.AUTO, True),
        ("false", models.REMOTE, False),
    ],
)
def test_a_boolean_is_read_from_the_text_of_each_kind_of_model(text, kind, expected):
    sql = predicted(f"'{text}'", BOOL, kind)
    assert duckdb.sql(f"SELECT {sql}").fetchall() == [(expected,)]


@pytest.mark.parametrize(
    ("rows", "body"),
    [([["a"], [None]], b'"a"\n""\n'), ([["a", None], [None, "b"]], b'"a",\n,"b"\n')],
)
def test_each_row_is_a_line_of_the_request(rows, body):
    sent = []

    class Runtime:
        def invoke_endpoint(self, **request):
            sent.append(request["Body"])
            return {"Body": io.BytesIO(b"1\n2\n")}

    assert EndpointPredictor("e", Runtime).predict(rows) == ["1", "2"]
    assert sent == [body]


@pytest.fixture
def hosts(monkeypatch):
    """The processes that a predictor starts. None becomes healthy."""
    started = []

    class Host:
        is_running = True

        def __init__(self, *_, **__):
            self.closed = False
            started.append(self)

        def wait_until_healthy(self, **_):
            raise UnhealthyHost("no model")

        def close(self):
            self.closed = True

    monkeypatch.setattr(predictors, "ModelHost", Host)
    return started


def test_a_process_that_does_not_become_healthy_is_ended(hosts):
    predictor = LocalPredictor(None, MODEL, b"")
    with pytest.raises(StatementFailed, match="the model tall failed: no model"):
        predictor.predict([["1"]])
    assert [host.closed for host in hosts] == [True]
    predictor.close()


def test_a_closed_predictor_starts_no_process(hosts):
    predictor = LocalPredictor(None, MODEL, b"")
    predictor.close()
    with pytest.raises(StatementFailed, match="does not exist"):
        predictor.predict([["1"]])
    assert hosts == []


def test_an_unexpected_result_of_a_job_fails_the_model(monkeypatch):
    """A job that is described without its artifact."""
    written = []
    monkeypatch.setattr(models, "update", lambda _, *changed: written.append(changed))
    warehouse = SimpleNamespace(
        cursor=lambda _: None, writing=threading.Lock(), closing=threading.Event()
    )

    class SageMaker:
        def describe_training_job(self, **_):
            return {"TrainingJobStatus": "Completed"}

        def get_paginator(self, _):
            return self

        def paginate(self, **_):
            return []

    training.Watch(warehouse, "dev", MODEL, lambda _: SageMaker()).run()

    ((changed, artifact),) = written
    assert (changed.state, artifact) == (models.FAILED, None)
    assert changed.reason == "KeyError: 'ModelArtifacts'"


def test_a_schema_with_a_model_is_not_dropped(database):
    """Otherwise the model would return with a new schema of this name."""
    database.run("CREATE SCHEMA garden")
    model = replace(MODEL, schema="garden")
    models.add(database.warehouse.cursor("redline"), model)
    assert database.error("DROP SCHEMA garden") == (
        "ERROR: cannot drop schema garden because other objects depend on it"
    )
    assert "DROP SCHEMA … CASCADE of a schema with a model is not supported" in database.error(
        "DROP SCHEMA garden CASCADE"
    )
    models.remove(database.warehouse.cursor("redline"), model)
    database.run("DROP SCHEMA garden")
