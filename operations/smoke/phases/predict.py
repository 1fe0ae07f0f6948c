"""Invokes the endpoint with the example requests, and with an invalid request."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from botocore.exceptions import ClientError

from operations.smoke import SmokeError
from operations.smoke.phase import TRAINING, Phase, SmokeRun

_REQUESTS = Path(__file__).parents[3] / "pipeline_code" / TRAINING / "sample_data" / "requests.csv"


def _run(run: SmokeRun) -> str:
    body = _REQUESTS.read_text(encoding="utf-8")
    lines = _invoke(run, body)
    rows = len(list(csv.DictReader(io.StringIO(body))))
    if len(lines) != rows:
        raise SmokeError(f"the endpoint returned {len(lines)} predictions for {rows} rows")
    values = ", ".join(str(value) for line in lines for value in json.loads(line).values())
    return f"{rows} predictions: {values}; an invalid request has the status {_invalid(run)}"


def _invoke(run: SmokeRun, body: str) -> list[str]:
    """Return the lines of the response."""
    response = run.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=run.name_of(TRAINING),
        Body=body.encode(),
        ContentType="text/csv",
        Accept="application/jsonlines",
    )
    text: str = response["Body"].read().decode()
    return text.splitlines()


def _invalid(run: SmokeRun) -> int:
    """Return the status of the model's response to a request with too few columns."""
    try:
        _invoke(run, "1,2\n")
    except ClientError as error:
        status = int(error.response.get("OriginalStatusCode", 0))
        if 400 <= status < 500:
            return status
        raise
    raise SmokeError("the endpoint returned a prediction for a row with too few columns")


PHASE = Phase("predict", _run)
