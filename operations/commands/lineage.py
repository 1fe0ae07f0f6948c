"""`lineage`: show what an execution used and produced, from the query to the endpoint."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from execution_reader.execution import Execution, pipeline_of
from operations import OperationError
from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import LATEST, find_execution, find_pipeline
from operations.lineage.entities import Lineage
from operations.lineage.page import lineage_page
from operations.lineage.reader import read_lineage
from operations.lineage.tree import tree
from operations.options import Json, PipelineName
from operations.output import print_table, show

HELP = "Show the lineage of an execution: query, rows, code, model, package and endpoint."
POLICY = "reader"
EXAMPLES = (
    "redline lineage bank",
    "redline --env prod lineage tickit --html lineage.html",
    "redline lineage bank latest --json | jq '.entities[].name'",
)


def run(
    aws: EnvironmentClients,
    pipeline: PipelineName,
    execution: Annotated[
        str, typer.Argument(metavar="[EXECUTION]", help="Id or ARN (default: the newest).")
    ] = LATEST,
    *,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write the graph to a file as well."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Print the tree, and write the page if a file is given. Return 1 without any lineage."""
    found = _execution(aws, pipeline, execution)
    lineage = read_lineage(aws.clients("sagemaker"), found)
    title = f"{aws.short(found.pipeline)} {found.id}: {found.status}"
    if html is not None:
        html.write_text(lineage_page(lineage, title), encoding="utf-8")
    if as_json:
        show(_document(found, lineage), text="", as_json=True)
    elif lineage.entities:
        print_table(tree(lineage, title), Console(highlight=False))
    else:
        print(f"{title}: SageMaker has recorded no lineage, because no job has started.")
    return 0 if lineage.entities else 1


def _execution(aws: EnvironmentClients, pipeline: str, execution: str) -> Execution:
    name = find_pipeline(aws, pipeline)
    arn = find_execution(aws, f"{pipeline}/{LATEST}" if execution == LATEST else execution)
    if pipeline_of(arn) != name:
        raise OperationError(
            f"{execution!r} is an execution of {aws.short(pipeline_of(arn))}, not of {pipeline}: "
            f"use `redline lineage {aws.short(pipeline_of(arn))} {execution}`"
        )
    return Execution.read(aws.clients("sagemaker"), arn)


def _document(execution: Execution, lineage: Lineage) -> dict[str, object]:
    return {
        "execution": execution.arn,
        "entities": [
            {"arn": each.arn, "kind": each.kind, "name": each.name, "uri": each.uri}
            for each in lineage.entities.values()
        ],
        "associations": [asdict(each) for each in lineage.associations],
    }
