"""`redshift-ml`: train the models of Redshift ML of a pipeline, and compare them with its own."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from operations.environment_clients import EnvironmentClients
from operations.models.endpoints import endpoint_status
from operations.models.packages import group_names, packages_of
from operations.options import Json, Minutes, PipelineName
from operations.output import print_rows
from operations.sql.redshift_ml import PipelineSql, pipeline_sql
from operations.sql.statements import StatementFailed

HELP = "Train the Redshift ML model of a pipeline, and show its AUC next to the pipeline's."
POLICY = "operator"
EXAMPLES = ("redline redshift-ml bank", "redline redshift-ml bank --drop")


def run(
    aws: EnvironmentClients,
    pipeline: PipelineName,
    *,
    drop: Annotated[bool, typer.Option("--drop", help="Drop the models instead.")] = False,
    minutes: Minutes = 60,
    as_json: Json = False,
) -> int:
    """Create the models that do not exist, wait for their training, and compare. Return 0."""
    sql = pipeline_sql(aws, aws.short(pipeline))
    try:
        if drop:
            sql.run("drop")
            print(f"The models of {pipeline} are dropped.", file=sys.stderr if as_json else None)
            return 0
        with Console(stderr=True).status("Redshift ML trains"):
            compared = compare(aws, sql, aws.short(pipeline), minutes=minutes)
    except StatementFailed as error:
        print(error, file=sys.stderr)
        return 1
    _show(compared, as_json=as_json)
    return 0


def compare(
    aws: EnvironmentClients, sql: PipelineSql, pipeline: str, *, minutes: float
) -> dict[str, Any]:
    """Create the models that do not exist. Return `models` with their AUC, and `confusion`.

    Raises `StatementFailed`, and `OperationError` if the training does not end in time.
    """
    _create(aws, sql, minutes)
    (auc, *_), matrix = sql.run("compare")
    own = {"model": f"{pipeline} in Redshift ML", "auc": auc["auc"], "rows": auc["test_rows"]}
    return {"models": [own, *_registered(aws, pipeline)], "confusion": matrix}


def _create(aws: EnvironmentClients, sql: PipelineSql, minutes: float) -> None:
    """Create the models; the function of the endpoint only if the endpoint exists."""
    sql.run("create")
    for model in sql.models("create"):
        sql.wait(model, minutes=minutes)
    endpoint = sql.outputs.get("EndpointName")
    if endpoint and endpoint_status(aws.clients("sagemaker"), endpoint).status is not None:
        sql.run("remote")


def _registered(aws: EnvironmentClients, pipeline: str) -> list[dict[str, Any]]:
    """Return the AUC of the newest version of the pipeline, as its evaluation measured it."""
    group = f"{aws.prefix}{pipeline}"
    if group not in group_names(aws):
        return []
    newest = packages_of(aws.clients("sagemaker"), group)[:1]
    return [_measured(aws, pipeline, package.arn, package.version) for package in newest]


def _measured(aws: EnvironmentClients, pipeline: str, arn: str, version: int) -> dict[str, Any]:
    described = aws.clients("sagemaker").describe_model_package(ModelPackageName=arn)
    uri = described["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    body = aws.clients("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    metrics = json.loads(body)["binary_classification_metrics"]
    return {
        "model": f"{pipeline}, version {version}",
        "auc": metrics["auc"]["value"],
        "rows": None,
    }


def _show(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(document, indent=2))
        return
    rows = [
        [each["model"], f"{float(each['auc']):.4f}", str(each["rows"] or "those of its evaluation")]
        for each in document["models"]
    ]
    print_rows(["model", "AUC", "test rows"], rows, table=Table())
    cells = [[row["actual"], row["predicted"], str(row["calls"])] for row in document["confusion"]]
    print_rows(["actual", "predicted", "calls"], cells, table=Table())
