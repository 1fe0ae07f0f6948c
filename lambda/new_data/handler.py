"""Lambda step that decides whether a pipeline has new data, before it trains on them.

The step computes a fingerprint of the query, its values, its rows and the code of the pipeline, and
compares it with that of the model package that was registered last. If they are equal, a training
would repeat the earlier one: the outputs say so, and a Condition step ends the execution
successfully.
"""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

from bound_query import BoundQuery, require, require_all
from clients import client
from day_query import DayQuery
from deadline import seconds_left
from row_digest import RowDigest
from statements import connection

FOUND, NONE = "Found", "NoNewData"  # values of the output `status`
SKIP, CONTINUE = "skip", "continue"  # values of the argument `unchanged`
KEPT_DAYS, RENEW = "kept_days", "renew"  # an argument of incremental extractions, and its value
PROPERTY = "data_fingerprint"  # of model packages (CustomerMetadataProperties)
ARGUMENTS = {"query", "code_key", "execution_id", "model_package_group", "unchanged"}

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Handle a Lambda step. An exception fails the step with its message."""
    texts = {name: str(value) for name, value in event.items()}
    require_all(ARGUMENTS, texts)
    require(f"{SKIP}|{CONTINUE}", texts, "unchanged", f"{SKIP} or {CONTINUE}")
    query, days = BoundQuery.read(texts), DayQuery.read(texts)
    digest = RowDigest(
        client("redshift-data"),
        connection(),
        texts["execution_id"],
        lambda: seconds_left(context),
    )
    rows = digest.of_days(days) if days else digest.of(query)
    # Renewed days may differ from those that were kept, although the digest is the same.
    renewed = [texts["execution_id"]] if texts.get(KEPT_DAYS) == RENEW else []
    fingerprint = _fingerprint(query, texts["code_key"], [*rows, *renewed])
    latest = _latest_package(client("sagemaker"), texts["model_package_group"])
    status, message = _decision(fingerprint, latest, texts["unchanged"])
    logger.info("%s", message)
    return {"fingerprint": fingerprint, "status": status, "message": message}


def _fingerprint(query: BoundQuery, code_key: str, rows: list[str]) -> str:
    """Return 64 hexadecimal digits that change with everything that the training depends on."""
    parts = [query.query, sorted(query.values.items()), code_key, rows]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _latest_package(sagemaker: Any, group: str) -> dict[str, Any] | None:
    """Return the package that was registered last, whether it is approved, rejected or neither."""
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group, SortBy="CreationTime", SortOrder="Descending"
    )
    for page in pages:
        for summary in page["ModelPackageSummaryList"]:
            return dict(
                sagemaker.describe_model_package(ModelPackageName=summary["ModelPackageArn"])
            )
    return None


def _decision(fingerprint: str, latest: dict[str, Any] | None, unchanged: str) -> tuple[str, str]:
    """Return the outputs `status` and `message`."""
    if latest is None:
        return FOUND, "no model package is registered yet"
    arn = latest["ModelPackageArn"]
    if latest.get("CustomerMetadataProperties", {}).get(PROPERTY) != fingerprint:
        return FOUND, f"the rows, the query or the code differ from those of {arn}"
    if unchanged == CONTINUE:
        return FOUND, f"no new data since {arn}, and the parameter UnchangedData is {CONTINUE}"
    return NONE, (
        f"no new data: the rows, the query and the code are those of {arn}, so nothing was trained "
        f"or registered; to run all steps, start the pipeline with UnchangedData={CONTINUE}"
    )
