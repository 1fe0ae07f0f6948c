"""A served model with ranges: rows outside of them are marked, put into a column, or rejected.

The names of the metric format are from
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
and the header from https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

from __future__ import annotations

import io
import json
import time
from types import SimpleNamespace

import numpy as np
import pytest

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import SettingError
from pipeline_code.runtime.model_application import application
from pipeline_code.runtime.outside_rows import HEADER, MOST_CHARACTERS, header
from pipeline_code.runtime.schema import FLOAT, INTEGER, Column, Schema
from pipeline_code.runtime.serving import hosting
from pipeline_code.runtime.training_ranges import FILE, Outside, Range, TrainingRanges

DATASET = Dataset(Schema((Column("size", FLOAT), Column("venue", INTEGER))), "sold")
HOSTING = hosting(
    DATASET.schema,
    load=lambda folder: 2.0,
    predict=lambda rows, factor: rows["size"].to_numpy() * factor,
    as_object=lambda number: {"sold": number},
)
CODE = SimpleNamespace(**HOSTING._asdict())
RANGES = TrainingRanges({"size": Range("number", 1.0, 9.0), "venue": Range("value", values=(3, 7))})
INSIDE, BOTH_OUTSIDE, VENUE_OUTSIDE = "2.0,3\n", "99.0,-3\n", "2.5,5\n"


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """Return a function that asks a model: it returns status, headers and body."""
    monkeypatch.setenv("PIPELINE", "redline-test-demand")
    RANGES.save(tmp_path / FILE)

    def run(body, *, mode=None, accept="text/csv"):
        if mode:
            monkeypatch.setenv("OUTSIDE_TRAINING", mode)
        started = []
        environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/invocations", "HTTP_ACCEPT": accept}
        environ |= {"CONTENT_TYPE": "text/csv", "wsgi.input": io.BytesIO(body.encode())}
        serve = application(CODE, tmp_path)
        (content,) = serve(environ, lambda status, headers: started.append((status, headers)))
        ((status, headers),) = started
        assert dict(headers)["Content-Length"] == str(len(content))
        return int(status.split()[0]), dict(headers), content.decode()

    return run


def metrics(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_rows_inside_are_answered_without_a_mark(ask, capsys):
    status, headers, body = ask(INSIDE * 2)
    assert (status, body) == (200, "4.0\n4.0\n")
    assert HEADER not in headers
    assert metrics(capsys) == []


def test_rows_outside_are_predicted_as_before_and_marked(ask):
    status, headers, body = ask(INSIDE + BOTH_OUTSIDE + VENUE_OUTSIDE)
    assert (status, body) == (200, "4.0\n198.0\n5.0\n")
    assert headers[HEADER] == "outside_training_rows=2;columns=size,venue"


def test_the_number_of_rows_is_a_metric_without_their_values(ask, capsys):
    before = time.time() * 1000
    ask(INSIDE + BOTH_OUTSIDE + VENUE_OUTSIDE)
    (document,) = metrics(capsys)
    directive = document.pop("_aws")
    assert before - 1 <= directive.pop("Timestamp") <= time.time() * 1000
    assert directive == {
        "CloudWatchMetrics": [
            {
                "Namespace": "Redline",
                "Dimensions": [["Pipeline"]],
                "Metrics": [{"Name": "RowsOutsideTraining", "Unit": "Count"}],
            }
        ]
    }
    assert document == {
        "Pipeline": "redline-test-demand",
        "RowsOutsideTraining": 2,
        "Rows": 3,
        "Columns": ["size", "venue"],
    }


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/csv", "4.0,\n198.0,size venue\n"),
        (
            "application/jsonlines",
            '{"sold": 4.0, "outside_training": []}\n'
            '{"sold": 198.0, "outside_training": ["size", "venue"]}\n',
        ),
    ],
)
def test_a_column_names_what_is_outside(ask, accept, expected):
    status, headers, body = ask(INSIDE + BOTH_OUTSIDE, mode="column", accept=accept)
    assert (status, body) == (200, expected)
    assert headers[HEADER] == "outside_training_rows=1;columns=size,venue"


def test_a_column_is_there_even_if_nothing_is_outside(ask):
    assert ask(INSIDE, mode="column")[2] == "4.0,\n"


def test_a_model_that_rejects_names_row_column_value_and_range(ask, capsys):
    status, _, reason = ask(INSIDE + VENUE_OUTSIDE, mode="reject")
    assert status == 400
    assert reason.startswith("request, row 2, column venue: 5 is outside 3, 7, the values of ")
    assert [each["RowsOutsideTraining"] for each in metrics(capsys)] == [1]
    assert ask(INSIDE)[0] == 200


def test_a_model_without_ranges_answers_as_before(ask, tmp_path, capsys):
    (tmp_path / FILE).unlink()
    status, headers, body = ask(BOTH_OUTSIDE, mode="reject")
    assert (status, body, HEADER in headers) == (200, "198.0\n", False)
    assert metrics(capsys) == []


def test_an_unknown_mode_keeps_the_model_from_starting(ask):
    with pytest.raises(SettingError, match="'drop': allowed are mark, column, reject"):
        ask(INSIDE, mode="drop")


def test_the_header_has_the_length_that_the_service_forwards():
    names = [f"column_{number}" for number in range(500)]
    outside = Outside({name: np.array([True]) for name in names}, {})
    assert len(header(outside)) == MOST_CHARACTERS
