"""`predict`: send rows to an endpoint, and show each row with its prediction."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from botocore.exceptions import ClientError

from operations import OperationError
from operations.environment_clients import EnvironmentClients
from operations.models.endpoints import find_endpoint
from operations.options import Json
from operations.output import counted, print_rows, visible

HELP = "Send raw rows to an endpoint and show them with the predictions."
POLICY = "operator"
EXAMPLES = (
    "redline predict tickit pipeline_code/tickit/sample_data/requests.csv",
    "head -3 rows.csv | redline --env dev predict tickit - --json",
    "redline predict census rows.csv --explain",
)
_JSON_LINES = "application/jsonlines"
_CSV = "text/csv"
_MAX_SHOWN = 20
# The columns with the largest contributions that the table shows.
_REASONS = 3


class NoPrediction(OperationError):
    """The endpoint rejected the rows or did not respond."""


@dataclass(frozen=True)
class PredictionRequest:
    """The body of a request, and the same rows for the output (column -> text)."""

    body: bytes
    content_type: str
    rows: list[dict[str, Any]]


def run(
    aws: EnvironmentClients,
    endpoint: Annotated[
        str, typer.Argument(metavar="ENDPOINT", help="Pipeline of the endpoint, or full name.")
    ],
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Raw rows: .jsonl, or CSV whose first line has the column names; - is stdin.",
        ),
    ],
    *,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what each column adds to the prediction.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Send the rows and show the predictions."""
    name = find_endpoint(aws, endpoint)
    request = read_request(file)
    predicted, attributes = invoke(aws, name, request, explain=explain)
    if len(predicted) != len(request.rows):
        raise NoPrediction(
            f"{name} returned {len(predicted)} answers for {len(request.rows)} rows: its "
            "serving code must return one per row, in order, and none for the line of column names."
        )
    rows = [
        {"row": row, "prediction": prediction}
        for row, prediction in zip(request.rows, predicted, strict=True)
    ]
    if as_json:
        print(json.dumps(rows, indent=2))
    else:
        _print(rows, name, attributes)
    return 0


def read_request(path: Path) -> PredictionRequest:
    """Read the rows of a file.

    Raises `OperationError` if the file cannot be read or has no rows.
    """
    try:
        body = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        if path.suffix == ".jsonl" or body.lstrip().startswith(b"{"):
            rows = [json.loads(line) for line in body.splitlines() if line.strip()]
            return _filled(PredictionRequest(body, _JSON_LINES, rows), path)
        text = io.StringIO(body.decode("utf-8"), newline="")
        return _filled(PredictionRequest(body, _CSV, list(csv.DictReader(text))), path)
    except (OSError, ValueError) as error:
        raise OperationError(
            f"{path} cannot be read: {error}. Pass rows as CSV with the column names in the "
            "first line, or as one JSON object per line in a file that ends with .jsonl."
        ) from error


def _filled(request: PredictionRequest, path: Path) -> PredictionRequest:
    if not request.rows:
        raise ValueError("it holds no rows")
    return request


def invoke(
    aws: EnvironmentClients, endpoint: str, request: PredictionRequest, *, explain: bool = False
) -> tuple[list[dict[str, Any]], str | None]:
    """Call InvokeEndpoint; return one prediction per row, in order, and the CustomAttributes.

    With `explain`, a prediction has the member `explanation`
    (pipeline_code/runtime/serving.py), if the model has one.

    Raises `NoPrediction`.
    """
    try:
        answer = aws.clients("sagemaker-runtime").invoke_endpoint(
            EndpointName=endpoint,
            Body=request.body,
            ContentType=request.content_type,
            Accept=f"{_JSON_LINES};verbose" if explain else _JSON_LINES,
        )
    except ClientError as error:
        raise NoPrediction(_sentence(endpoint, error)) from error
    lines = answer["Body"].read().decode().splitlines()
    return [json.loads(line) for line in lines], answer.get("CustomAttributes")


def _sentence(endpoint: str, error: ClientError) -> str:
    """Return the error message of the model's code, else the message of the service."""
    if re.search(r"Endpoint \S+ of account \d+ not found", str(error)):
        return f"{endpoint} does not exist: approve a version, which creates it."
    return f"{endpoint}: {error.response.get('OriginalMessage') or error}"


def _print(rows: list[dict[str, dict[str, Any]]], endpoint: str, attributes: str | None) -> None:
    """Print a table of the first rows. The names of prediction columns start with an arrow."""
    shown = [_cells(each) for each in rows[:_MAX_SHOWN]]
    # JSON objects may have other names, or the same names in another order.
    names = list(dict.fromkeys(name for cells in shown for name in cells))
    print_rows(names, [[cells.get(name, "") for name in names] for cells in shown])
    rest = f", the first {_MAX_SHOWN} shown" if len(rows) > _MAX_SHOWN else ""
    print(f"{counted(len(rows), 'row')} predicted by {endpoint}{rest}")
    if attributes:
        print(f"CustomAttributes: {visible(attributes)}")


def _cells(row: dict[str, dict[str, Any]]) -> dict[str, str]:
    predicted = dict(row["prediction"])
    # The member of a model with other code may be anything.
    match predicted.get("explanation"):
        case {"shap_values": dict(added)}:
            del predicted["explanation"]
        case _:
            added = {}
    values = row["row"] | {f"→ {name}": value for name, value in predicted.items()}
    if added:
        largest = sorted(added.items(), key=lambda item: -abs(item[1]))
        values["→ because of"] = ", ".join(
            f"{name} {value:+.2f}" for name, value in largest[:_REASONS]
        )
    return {str(name): "" if value is None else str(value) for name, value in values.items()}
