"""Reads the requests of an endpoint from the files that data capture wrote.

Source: "Data capture" of SageMaker Model Monitor: JSON lines with one request and response each,
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
"""

import base64
import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.schema import Schema

Row = Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """The content type and the body of a response."""

    content_type: str
    body: str


@dataclass(frozen=True)
class Request:
    """One request: the time of its response, its content type and its body.

    `id` is the InferenceId of the client, or else the ID of the event, as in the merge of Model
    Monitor. `answer` is None if the endpoint captures no responses.
    """

    time: datetime
    content_type: str
    body: str
    id: str
    answer: Answer | None


def captured_requests(content: str, *, source: str) -> Iterator[Request]:
    """Yield the requests of one capture file; records without a request are skipped.

    Raises DataError, which names `source` and the line, for a line that is not a capture record.
    """
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            record = json.loads(line)
            captured = record["captureData"].get("endpointInput")
            if captured:
                answer = record["captureData"].get("endpointOutput")
                yield _request(captured, answer, record["eventMetadata"])
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise DataError(
                f"{source}, line {number}: not a record of a capture ({error!r})"
            ) from error


def rows_of(request: Request, schema: Schema) -> list[Row]:
    """Return the rows of a request as column -> text; the values are not checked.

    Raises DataError if the body has neither a header nor the columns of `schema`.
    """
    kind = request.content_type.partition(";")[0].strip().lower()
    if kind == "text/csv":
        return _csv_rows(request.body, schema)
    if kind == "application/jsonlines":
        return _json_rows(request.body)
    raise DataError(f"content type {request.content_type!r} is not supported")


def _request(
    captured: Mapping[str, Any], answer: Mapping[str, Any] | None, event: Mapping[str, Any]
) -> Request:
    moment = datetime.fromisoformat(event["inferenceTime"].replace("Z", "+00:00"))
    return Request(
        time=moment if moment.tzinfo else moment.replace(tzinfo=UTC),
        content_type=captured["observedContentType"],
        body=_body(captured),
        id=event.get("inferenceId") or event["eventId"],
        answer=Answer(answer.get("observedContentType", ""), _body(answer)) if answer else None,
    )


def _body(captured: Mapping[str, Any]) -> str:
    data: str = captured["data"]
    if captured["encoding"] == "BASE64":
        return base64.b64decode(data).decode(errors="replace")
    return data


def _csv_rows(body: str, schema: Schema) -> list[Row]:
    records = [record for record in csv.reader(io.StringIO(body, newline="")) if record]
    names = schema.names[: len(records[0])] if records else []
    if records and schema.is_header(records[0]):
        names = [name.strip().lower() for name in records.pop(0)]
    for record in records:
        if len(record) != len(names) or len(record) < len(schema.required):
            raise DataError(f"{len(record)} fields, must be {', '.join(schema.names)}")
    return [dict(zip(names, record, strict=True)) for record in records]


def _json_rows(body: str) -> list[Row]:
    try:
        rows = [json.loads(line) for line in body.splitlines() if line.strip()]
        return [{name: _text(value) for name, value in row.items()} for row in rows]
    except (ValueError, AttributeError) as error:
        raise DataError(f"no JSON lines: {error}") from error


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value)
