"""Valid and invalid JSON lines."""

import pytest

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.json_lines import read_json_lines
from pipeline_code.runtime.schema import BOOLEAN, INTEGER, STRING, Column, Schema

SCHEMA = Schema(
    (Column("seats", INTEGER), Column("open", BOOLEAN), Column("name", STRING, optional=True))
)


def test_values_are_json_or_text():
    content = b'{"open": true, "seats": 5}\n{"seats": "6", "open": "f"}\n'
    table = read_json_lines(content, SCHEMA, source="request")
    assert table.to_pylist() == [{"seats": 5, "open": True}, {"seats": 6, "open": False}]


def test_optional_column_and_awkward_text():
    content = b'{"seats": 5, "open": false, "name": "a, \\"b\\""}'
    table = read_json_lines(content, SCHEMA, source="request")
    assert table["name"].to_pylist() == ['a, "b"']


def test_a_byte_order_mark_and_blank_lines_are_no_rows():
    row = b'{"seats": 5, "open": true}\n'
    content = b"\xef\xbb\xbf\n" + row + b"\n" + row
    assert read_json_lines(content, SCHEMA, source="request").num_rows == 2


def test_nothing_has_no_rows():
    assert read_json_lines(b"\n", SCHEMA, source="request").num_rows == 0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"seats": 5', "request, line 2: not JSON"),
        (b"[5]", r"request, line 2: b'\[5\]' is not an object"),
        (b'{"seats": 5}', "request, line 2: missing open"),
        (b'{"seats": 5, "open": true, "name": "x"}', "request, line 2: .* not declared name"),
        (b'{"seats": null, "open": true}', "request, line 2, column seats: null is not a whole"),
        (b'{"seats": 5.5, "open": true}', "request, line 2, column seats: '5.5' is not a whole"),
    ],
)
def test_refused_with_line_and_column(line, message):
    with pytest.raises(DataError, match=message):
        read_json_lines(b'{"seats": 5, "open": true}\n' + line, SCHEMA, source="request")
