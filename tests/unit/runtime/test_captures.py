"""Requests of endpoints are read from the capture files of the service."""

import base64
import json
from datetime import UTC, datetime

import pytest

from pipeline_code.runtime.captures import Request, captured_requests, rows_of
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.schema import DATE, INTEGER, Column, Schema

SCHEMA = Schema(
    (Column("venue", INTEGER), Column("day", DATE), Column("events", INTEGER, optional=True))
)
TIME = datetime(2022, 2, 14, 17, 25, 49, tzinfo=UTC)


def record(data, *, encoding="CSV", kind="text/csv", time="2022-02-14T17:25:49Z"):
    asked = {"observedContentType": kind, "mode": "INPUT", "data": data, "encoding": encoding}
    return json.dumps(
        {
            "captureData": {"endpointInput": asked},
            "eventMetadata": {"eventId": "a", "inferenceTime": time},
            "eventVersion": "0",
        }
    )


def request(body, kind="text/csv"):
    return Request(TIME, kind, body, "a", None)


def test_every_line_is_a_request_with_its_time():
    encoded = base64.b64encode(b"4,2008-01-02").decode()
    content = "\n".join(
        [record("3,2008-01-01\n"), record(encoded, encoding="BASE64", time="2022-02-14T17:25:49")]
    )
    assert list(captured_requests(content, source="file")) == [
        request("3,2008-01-01\n"),
        request("4,2008-01-02"),
    ]


def test_a_record_of_the_answer_alone_is_passed_over():
    answer = {"captureData": {"endpointOutput": {"data": "1"}}, "eventMetadata": {}}
    assert list(captured_requests(json.dumps(answer), source="file")) == []


@pytest.mark.parametrize("line", ["nothing", "[]", "{}", record("1", time="yesterday")])
def test_another_line_is_named(line):
    with pytest.raises(DataError, match="file, line 2: not a record of a capture"):
        list(captured_requests(f"{record('1,2008-01-01')}\n{line}", source="file"))


def test_csv_is_read_by_position_or_by_its_header():
    assert rows_of(request("3,2008-01-01\n"), SCHEMA) == [{"venue": "3", "day": "2008-01-01"}]
    assert rows_of(request("Day,venue\n2008-01-01,3\n", "text/csv; charset=utf-8"), SCHEMA) == [
        {"day": "2008-01-01", "venue": "3"}
    ]
    assert rows_of(request("3,2008-01-01,5\r\n\r\n"), SCHEMA) == [
        {"venue": "3", "day": "2008-01-01", "events": "5"}
    ]


def test_json_lines_are_read_by_name_and_nothing_is_judged():
    body = '{"venue": 3, "events": null, "more": true}\n\n{"venue": "x", "events": 1.5}\n'
    assert rows_of(request(body, "application/jsonlines"), SCHEMA) == [
        {"venue": "3", "events": "", "more": "true"},
        {"venue": "x", "events": "1.5"},
    ]


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ("3", "text/csv", "1 fields, must be venue, day, events"),
        ("3,2008-01-01,5,6", "text/csv", "4 fields"),
        ("3,2008-01-01\n3", "text/csv", "1 fields"),
        ("[1]", "application/jsonlines", "no JSON lines"),
        ("{", "application/jsonlines", "no JSON lines"),
        ("x", "image/png", "image/png"),
    ],
)
def test_a_body_without_such_rows_is_said_to_be_so(body, kind, words):
    with pytest.raises(DataError, match=words):
        rows_of(request(body, kind), SCHEMA)
