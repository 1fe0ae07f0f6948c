"""The trained model on an endpoint: predictions with boto3, and rejected requests."""

import json
from datetime import date

import pyarrow as pa
import pytest

from local_cloud.tests.hosted import endpoint_of
from pipeline_code.tickit import inference
from tests.unit.asked import CSV, LINES, Malformed, as_lines, check_refused, malformed_for_all

ROWS = [
    {"venueid": 3, "catid": 9, "caldate": "2008-03-01", "holiday": True, "events": 1},
    {"venueid": 7, "catid": 9, "caldate": "2008-04-05", "holiday": False, "events": 3},
    {"venueid": 1, "catid": 6, "caldate": "2008-04-06", "holiday": False, "events": 2},
]
ROWS_AS_CSV = "3,9,2008-03-01,t,1\n7,9,2008-04-05,f,3\n1,6,2008-04-06,f,2\n"
HEADER = "venueid,catid,caldate,holiday,events\n"


@pytest.fixture(scope="module")
def endpoint(trained, tmp_path_factory):
    state = tmp_path_factory.mktemp("state")
    folder = trained.opt_ml() / "model"
    with endpoint_of(folder, image="sagemaker-scikit-learn:1.9-0", state=state) as endpoint:
        yield endpoint


def test_three_raw_rows_are_answered_as_the_model_predicts_them(endpoint, trained):
    model = inference.model_fn(str(trained.opt_ml() / "model"))
    days = [{**row, "caldate": date.fromisoformat(row["caldate"])} for row in ROWS]
    own = model.estimator.predict(model.flow.matrix(pa.Table.from_pylist(days)))
    expected = [round(float(number), 4) for number in own]
    assert endpoint.numbers(ROWS_AS_CSV, CSV) == expected
    assert endpoint.numbers(HEADER + ROWS_AS_CSV, "text/csv; charset=utf-8") == expected
    assert endpoint.numbers(as_lines(*ROWS), LINES) == expected
    objects = [{"total_sold": number} for number in expected]
    answer = endpoint.ask(ROWS_AS_CSV, CSV, LINES)
    assert [json.loads(line) for line in answer.splitlines()] == objects
    assert json.loads(endpoint.ask(ROWS_AS_CSV, CSV, "*/*")) == objects


def test_rows_outside_the_training_rows_are_marked(endpoint):
    assert endpoint.attributes(ROWS_AS_CSV, CSV) is None
    outside = "3,9,9999-12-31,t,1\n-3,9,2008-03-01,t,1\n"
    marked = endpoint.attributes(ROWS_AS_CSV + outside, CSV)
    assert marked == "outside_training_rows=2;columns=venueid,caldate"
    assert len(endpoint.numbers(ROWS_AS_CSV + outside, CSV)) == len(ROWS) + 2


@pytest.mark.parametrize(
    "wrong",
    [
        *malformed_for_all(ROWS_AS_CSV),
        Malformed(ROWS_AS_CSV + "3,9,2008-03-01,t,one\n", "line 4, column events: "),
        Malformed(ROWS_AS_CSV + "3,9,2008-03-01\n", "line 4: 3 fields"),
        Malformed("a,b\n1,2\n", "2 fields without a header"),
        Malformed(HEADER + "3,9,NaN,t,1\n", "line 2, column caldate: 'NaN'"),
        Malformed("3,9,2008-03-01,t,NaN\n", "line 1, column events: 'NaN'"),
        Malformed(as_lines(*ROWS, {"venueid": 1}), "line 4", content_type=LINES),
        Malformed(as_lines(*ROWS) + "no\n", "line 4", content_type=LINES),
        Malformed(
            ROWS_AS_CSV,
            "allowed are text/csv and",
            content_type="application/octet-stream",
            status=415,
        ),
        Malformed(b"x" * 6_000_000, "request"),
    ],
)
def test_what_is_malformed_is_refused_and_the_endpoint_stays_up(endpoint, wrong):
    check_refused(endpoint, wrong, good=ROWS_AS_CSV)
