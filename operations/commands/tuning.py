"""The command `tuning`: reports the training jobs of a hyperparameter tuning job."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from botocore.exceptions import ClientError
from rich.console import Console
from rich.table import Table

from operations import OperationError
from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import ABSENT
from operations.options import Json
from operations.output import print_table
from operations.tuning.chart import chart
from operations.tuning.trials import read_trials, trials_frame

HELP = "Report a tuning job: its training jobs as a table, as CSV and as a chart."
POLICY = "reader"
EXAMPLES = ("redline tuning", "redline --env dev tuning JOB --output report")


def run(
    aws: EnvironmentClients,
    job: Annotated[
        str | None, typer.Argument(metavar="JOB", help="Tuning job (default: the newest).")
    ] = None,
    *,
    output: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write report.json, trials.csv and objective.svg."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Print the report, and write it to a folder if one is given."""
    sagemaker = aws.clients("sagemaker")
    report = read_report(sagemaker, job or _newest(sagemaker))
    if output:
        _write(sagemaker, report, output)
    if as_json:
        print(json.dumps(report, indent=2))
    else:
        _print(report, Console())
    return 0


def read_report(sagemaker: Any, job: str) -> dict[str, Any]:
    """Return the status, the objective, the best training job and all training jobs."""
    found = _described(sagemaker, job)
    config = found["HyperParameterTuningJobConfig"]
    return {
        "tuning_job": job,
        "status": found["HyperParameterTuningJobStatus"],
        "strategy": config["Strategy"],
        "objective": config["HyperParameterTuningJobObjective"],
        "best": found.get("BestTrainingJob", {}).get("TrainingJobName"),
        "trials": read_trials(sagemaker, job),
    }


def _described(sagemaker: Any, job: str) -> dict[str, Any]:
    try:
        described = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=job)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ABSENT:
            raise
        raise OperationError(
            f"There is no tuning job {job!r}. Without a name, `redline tuning` shows the newest."
        ) from error
    return dict(described)


def _newest(sagemaker: Any) -> str:
    listed = sagemaker.list_hyper_parameter_tuning_jobs(
        SortBy="CreationTime", SortOrder="Descending", MaxResults=1
    )["HyperParameterTuningJobSummaries"]
    if not listed:
        raise OperationError("there is no tuning job: start a pipeline with a tuning step")
    return str(listed[0]["HyperParameterTuningJobName"])


def _write(sagemaker: Any, report: dict[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    trials_frame(sagemaker, report["tuning_job"]).to_csv(folder / "trials.csv", index=False)
    objective = report["objective"]
    drawn = chart(
        report["trials"],
        metric=objective["MetricName"],
        maximize=objective["Type"] == "Maximize",
    )
    (folder / "objective.svg").write_text(drawn)


def _print(report: dict[str, Any], console: Console) -> None:
    print(f"{report['tuning_job']}: {report['status']}, {report['strategy']} search")
    table = Table(box=None, pad_edge=False)
    names = [name for name in (report["trials"] or [{}])[0] if name != "training_job"]
    for name in names:
        table.add_column(name)
    for trial in report["trials"]:
        is_best = trial["training_job"] == report["best"]
        cells = ["" if trial.get(name) is None else str(trial[name]) for name in names]
        table.add_row(*cells, style="bold green" if is_best else None)
    print_table(table, console)
