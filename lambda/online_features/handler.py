"""Predicts rows that have only identifiers: reads their features online, then calls the endpoint.

The model has no network, so this function reads the features for it. The event is
`{"rows": [{…}, …]}`, the response `{"predictions": [{…}, …]}` in the same order. A row without a
record gets the value 0 for each feature, as rows of the training set do.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from clients import client

# https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-quotas.html
MOST_IDENTIFIERS = 100
MOST_ROWS = 500
ATTEMPTS = 4
MISSING = "0"
_JSON_LINES = "application/jsonlines"
_SERVICE = "sagemaker-featurestore-runtime"

# A client is kept for later requests, with its connections.
cached_client = cache(client)
logger = logging.getLogger()
logger.setLevel(logging.INFO)
Row = dict[str, Any]


class InvalidRows(ValueError):
    """The rows of the event cannot be used; the message says what is allowed."""


class NoFeatures(Exception):
    """The features could not be read."""


@dataclass(frozen=True)
class Settings:
    """The environment variables. `columns` is column of the model -> feature of the group."""

    endpoint: str
    group: str
    identifier: str
    columns: dict[str, str]

    @classmethod
    def read(cls) -> Settings:
        """Read the settings from the environment."""
        names = ("ENDPOINT_NAME", "FEATURE_GROUP", "IDENTIFIER")
        endpoint, group, identifier = (os.environ[name] for name in names)
        return cls(endpoint, group, identifier, json.loads(os.environ["COLUMNS"]))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Return the predictions for the rows of the event. An error is an error of the invocation."""
    settings = Settings.read()
    rows = checked(event.get("rows"), settings)
    started = time.monotonic()
    features = read_features(cached_client(_SERVICE), settings, rows)
    read = time.monotonic()
    whole = with_features(settings, rows, features)
    predictions = predict(cached_client("sagemaker-runtime"), settings, whole)
    logger.info(
        "%d rows: features in %.1f ms, predictions in %.1f ms",
        len(rows),
        1000 * (read - started),
        1000 * (time.monotonic() - read),
    )
    return {"predictions": predictions}


def checked(rows: Any, settings: Settings) -> list[Row]:
    """Return the rows. Raises InvalidRows."""
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS:
        size = f"has {len(rows)} entries" if isinstance(rows, list) else "is not a list"
        raise InvalidRows(f"rows {size}: allowed is a list of 1 to {MOST_ROWS} objects")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or row.get(settings.identifier) in (None, ""):
            raise InvalidRows(f"row {number} has no {settings.identifier}: every row needs one")
        if given := sorted(set(row) & set(settings.columns)):
            raise InvalidRows(
                f"row {number} has {', '.join(given)}, which are read from {settings.group}: "
                "leave them out, or send whole rows to the endpoint"
            )
    return rows


def read_features(store: Any, settings: Settings, rows: Sequence[Row]) -> dict[str, Row]:
    """Return identifier -> feature -> text, of the records that exist. Raises NoFeatures."""
    wanted = list(dict.fromkeys(str(row[settings.identifier]) for row in rows))
    found: dict[str, Row] = {}
    for start in range(0, len(wanted), MOST_IDENTIFIERS):
        found |= _read(store, settings, wanted[start : start + MOST_IDENTIFIERS])
    return found


def with_features(settings: Settings, rows: Sequence[Row], features: dict[str, Row]) -> list[Row]:
    """Return the rows with the columns of the model that are features."""
    return [
        {
            **row,
            **{
                column: features.get(str(row[settings.identifier]), {}).get(feature, MISSING)
                for column, feature in settings.columns.items()
            },
        }
        for row in rows
    ]


def predict(runtime: Any, settings: Settings, rows: Sequence[Row]) -> list[Any]:
    """Call the endpoint; return one prediction per row."""
    answer = runtime.invoke_endpoint(
        EndpointName=settings.endpoint,
        ContentType=_JSON_LINES,
        Accept=_JSON_LINES,
        Body="".join(f"{json.dumps(row)}\n" for row in rows).encode(),
    )
    return [json.loads(line) for line in answer["Body"].read().splitlines()]


def _read(store: Any, settings: Settings, identifiers: list[str]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for attempt in range(ATTEMPTS):
        time.sleep(0.05 * attempt)
        request = {
            "FeatureGroupName": settings.group,
            "RecordIdentifiersValueAsString": identifiers,
            "FeatureNames": sorted(set(settings.columns.values())),
        }
        answer = store.batch_get_record(Identifiers=[request])
        for error in answer["Errors"]:
            raise NoFeatures(f"{settings.group}: {error['ErrorCode']}: {error['ErrorMessage']}")
        for each in answer["Records"]:
            values = {one["FeatureName"]: one["ValueAsString"] for one in each["Record"]}
            found[each["RecordIdentifierValueAsString"]] = values
        identifiers = [
            identifier
            for each in answer["UnprocessedIdentifiers"]
            for identifier in each["RecordIdentifiersValueAsString"]
        ]
        if not identifiers:
            return found
    raise NoFeatures(
        f"{settings.group}: {len(identifiers)} records were not read in {ATTEMPTS} attempts, "
        "because the service is throttled: send fewer rows at a time"
    )
