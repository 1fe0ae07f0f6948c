"""`analysis`: print the findings of the analyses of an execution, and save their pages."""

from __future__ import annotations

import webbrowser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from execution_reader.execution import Execution, pipeline_of
from operations import OperationError
from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import LATEST, find_execution, find_pipeline
from operations.lake import lake_bucket
from operations.options import Json, PipelineName
from operations.output import counted, print_rows, show
from run_report.lake import Lake

HELP = "Print what the analyses of an execution found in its data, and save their pages."
POLICY = "reader"
EXAMPLES = ("redline analysis bank", "redline --env prod analysis tickit EXECUTION --open")
# What `p.analysis` writes (pipeline_code/workflow/steps/data_analysis.py).
_OUTPUT, _DOCUMENT, _PAGE = "data-analysis", "analysis.json", "analysis.html"


@dataclass(frozen=True)
class _Analysis:
    """The document of a step, and the object with its page."""

    step: str
    document: dict[str, Any]
    page_key: str


def run(
    aws: EnvironmentClients,
    pipeline: PipelineName,
    execution: Annotated[
        str, typer.Argument(metavar="EXECUTION", help="Id or ARN (default: the newest).")
    ] = LATEST,
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the pages.")
    ] = Path(),
    open_page: Annotated[bool, typer.Option("--open", help="Open the pages in the browser.")] = (
        False
    ),
    as_json: Json = False,
) -> int:
    """Print the findings, and write one page for each analysis."""
    read = Execution.read(aws.clients("sagemaker"), _arn(aws, pipeline, execution))
    lake = Lake(aws.clients("s3"), lake_bucket(aws), aws.short(pipeline_of(read.arn)))
    found = list(_analyses(lake, read))
    if not found:
        raise OperationError(_no_analysis(lake.pipeline, read))
    output.mkdir(parents=True, exist_ok=True)
    files = [_saved(lake, read, each, output) for each in found]
    if as_json:
        pages = zip(found, files, strict=True)
        document = [{"step": a.step, "file": str(file), **a.document} for a, file in pages]
        show(document, text="", as_json=True)
    else:
        for each, file in zip(found, files, strict=True):
            _print(each, file)
    for file in files if open_page else ():
        webbrowser.open(file.resolve().as_uri())
    return 0


def _arn(aws: EnvironmentClients, pipeline: str, execution: str) -> str:
    if execution == LATEST:
        return find_execution(aws, f"{pipeline}/{LATEST}")
    arn = find_execution(aws, execution)
    if pipeline_of(arn) != find_pipeline(aws, pipeline):
        other = aws.short(pipeline_of(arn))
        raise OperationError(
            f"The execution {execution!r} is one of {other}, not of {pipeline}: use `redline "
            f"analysis {other} {execution}`, or an id of `redline runs {pipeline}`."
        )
    return arn


def _analyses(lake: Lake, execution: Execution) -> Iterator[_Analysis]:
    """Yield the analyses of the steps that have succeeded, also those of an earlier execution."""
    for step in execution.definition.steps:
        if execution.has_succeeded(step):
            writer = execution.writer_of(step)
            for name, document in lake.documents(writer, step, {_OUTPUT}):
                if name.endswith(f"/{_DOCUMENT}"):
                    folder = name.removesuffix(_DOCUMENT)
                    key = f"runs/{lake.pipeline}/{writer}/{folder}{_PAGE}"
                    yield _Analysis(step, document, key)


def _no_analysis(pipeline: str, execution: Execution) -> str:
    return (
        f"The execution {execution.id} of {pipeline} ({execution.status}) has no analysis. Allowed "
        "are executions with a step of p.analysis that has succeeded, whose outputs have not "
        'expired. Add the step, or set its option, such as options={"analysis": "rows"} in '
        "stacks/environments.py (docs/data-analysis.md)."
    )


def _saved(lake: Lake, execution: Execution, analysis: _Analysis, folder: Path) -> Path:
    file = folder / f"analysis-{analysis.step}-{execution.id}.html"
    body = lake.s3.get_object(Bucket=lake.bucket, Key=analysis.page_key)["Body"]
    file.write_bytes(body.read())
    return file


def _print(analysis: _Analysis, file: Path) -> None:
    document = analysis.document
    findings = document["findings"]
    size = f"{counted(document['rows'], 'row')}, {counted(len(document['columns']), 'column')}"
    show(None, text=f"{analysis.step}: {size}, {counted(len(findings), 'finding')}", as_json=False)
    if findings:
        rows = [(each["kind"], each["column"], each["message"]) for each in findings]
        print_rows(("finding", "column", "why"), rows)
    show(None, text=str(file), as_json=False)
