"""The trained model behind an endpoint: its answers by boto3, and what it refuses."""

import json
from datetime import date

import pyarrow as pa
import pytest

from pipeline_code.tickit import inference
from pipeline_code.tickit.rows import features
from tests.unit.hosted import endpoint_of

ROWS = [
    {"venueid": 3, "catid": 9, "caldate": "2008-03-01", "holiday": True, "events": 1},
    {"venueid": 7, "catid": 9, "caldate": "2008-04-05", "holiday": False, "events": 3},
    {"venueid": 1, "catid": 6, "caldate": "2008-04-06", "holiday": False, "events": 2},
]
CSV = "3,9,2008-03-01,t,1\n7,9,2008-04-05,f,3\n1,6,2008-04-06,f,2\n"
HEADER = "venueid,catid,caldate,holiday,events\n"
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)


@pytest.fixture(scope="module")
def endpoint(trained, tmp_path_factory):
    state = tmp_path_factory.mktemp("state")
    folder = trained.opt_ml() / "model"
    with endpoint_of(folder, image="sagemaker-scikit-learn:1.9-0", state=state) as endpoint:
        yield endpoint


def test_three_raw_rows_are_answered_as_the_model_predicts_them(endpoint, trained):
    model = inference.model_fn(str(trained.opt_ml() / "model"))
    days = [{**row, "caldate": date.fromisoformat(row["caldate"])} for row in ROWS]
    own = model.estimator.predict(features(pa.Table.from_pylist(days)))
    expected = [round(float(number), 4) for number in own]
    assert endpoint.numbers(CSV, "text/csv") == expected
    assert endpoint.numbers(HEADER + CSV, "text/csv; charset=utf-8") == expected
    assert endpoint.numbers(LINES, "application/jsonlines") == expected
    objects = [{"total_sold": number} for number in expected]
    answer = endpoint.ask(CSV, "text/csv", "application/jsonlines")
    assert [json.loads(line) for line in answer.splitlines()] == objects
    assert json.loads(endpoint.ask(CSV, "text/csv", "*/*")) == objects


@pytest.mark.parametrize(
    ("body", "content_type", "accept", "status", "message"),
    [
        ("", "text/csv", "text/csv", 400, "no rows"),
        ("", "application/jsonlines", "text/csv", 400, "no rows"),
        (CSV + "3,9,2008-03-01,t,one\n", "text/csv", "text/csv", 400, "line 4, column events: "),
        (CSV + "3,9,2008-03-01\n", "text/csv", "text/csv", 400, "line 4: 3 fields"),
        ("a,b\n1,2\n", "text/csv", "text/csv", 400, "2 fields without a header"),
        (HEADER + "3,9,NaN,t,1\n", "text/csv", "text/csv", 400, "line 2, column caldate: 'NaN'"),
        ("3,9,2008-03-01,t,NaN\n", "text/csv", "text/csv", 400, "line 1, column events: 'NaN'"),
        (LINES + '{"venueid": 1}\n', "application/jsonlines", "text/csv", 400, "line 4"),
        (LINES + "no\n", "application/jsonlines", "text/csv", 400, "line 4"),
        (bytes(range(256)), "text/csv", "text/csv", 400, "request"),
        (bytes(range(256)), "application/jsonlines", "text/csv", 400, "request"),
        (CSV, "application/json", "text/csv", 415, "allowed are text/csv and"),
        (CSV, "application/octet-stream", "text/csv", 415, "allowed are text/csv and"),
        (CSV, "text/csv", "image/png", 406, "accept 'image/png': allowed are"),
        (b"1,2,3\n" * 1_700_000, "text/csv", "text/csv", 413, "exceeded 6291456 bytes"),
        (b"x" * 6_000_000, "text/csv", "text/csv", 400, "request"),
    ],
)
def test_what_is_malformed_is_refused_and_the_endpoint_stays_up(
    endpoint, body, content_type, accept, status, message
):
    got, reason = endpoint.refusal(body, content_type, accept)
    assert (got, message in reason) == (status, True), reason[:1000]
    assert "Traceback" not in reason
    assert len(endpoint.numbers(CSV, "text/csv")) == 3
