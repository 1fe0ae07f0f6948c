"""A complete run of tickit on the laptop, and the check of its results."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.integration.laptop import REPOSITORY, Laptop

REQUESTS = str(REPOSITORY / "pipeline_code/tickit/sample_data/requests.csv")
PUBLISHED_ROWS = {"users": 49_990, "event": 8_798, "listing": 192_497, "sales": 172_456}
PLANNED_ROWS = 715  # for the days that are in the future in the local environment
PIPELINES = ("tickit", "tickit-batch", "tickit-monitor")


@dataclass(frozen=True)
class Run:
    """The summaries of the phases: training, approval, predictions, batch, monitoring."""

    trained: dict[str, Any]
    approved: dict[str, Any]
    answers: list[dict[str, Any]]
    batch: dict[str, Any]
    watched: dict[str, Any]


def live(laptop: Laptop) -> Run:
    """Run all commands from the load to the monitoring. All must succeed."""
    laptop.run("load")
    return Run(
        trained=laptop.json("tick", "redline-local-tickit-schedule"),
        approved=laptop.json("approve", "tickit"),
        answers=laptop.json("predict", "tickit", REQUESTS),
        batch=laptop.json("tick", "redline-local-tickit-batch-schedule"),
        watched=laptop.json("tick", "redline-local-tickit-monitor-schedule"),
    )


def assert_complete(laptop: Laptop, run: Run, packages_before: list[str]) -> None:
    """Assert that all results exist, with the counts of a run without faults."""
    assert run.trained["status"] == run.batch["status"] == run.watched["status"] == "Succeeded"
    assert rows(laptop) == PUBLISHED_ROWS
    (package,) = run.trained["packages"]
    assert set(laptop.packages()) - set(packages_before) == {package["arn"]}
    assert run.approved["endpoint"]["package_arn"] == package["arn"]
    assert len(run.answers) == 3
    jobs = ["Preprocess", "CheckData", "Train", "Baseline", "Evaluate", "CreateModel"]
    assert made_by(laptop, run.trained) == dict.fromkeys(jobs, 1)
    assert made_by(laptop, run.batch) == {"CreateModel": 1, "Transform": 1}
    assert made_by(laptop, run.watched) == {"Collect": 1, "Check": 1, "Report": 1}
    assert predicted(laptop, run.batch) == {"rows": PLANNED_ROWS, "groups": PLANNED_ROWS}


def rows(laptop: Laptop) -> dict[str, int]:
    """Return the row counts of the loaded tables."""
    counts = " UNION ALL ".join(
        f"SELECT '{table}' AS name, COUNT(*) AS total FROM {table}" for table in PUBLISHED_ROWS
    )
    return {row["name"]: row["total"] for row in laptop.json("query", counts)}


def made_by(laptop: Laptop, summary: dict[str, Any]) -> dict[str, int]:
    """Return the number of jobs and models of an execution by the step in their names."""
    client, execution = laptop.client("sagemaker"), summary["execution_id"]
    names = [
        entry[f"{kind}Name"]
        for kind, listed in (
            ("ProcessingJob", client.list_processing_jobs),
            ("TrainingJob", client.list_training_jobs),
            ("TransformJob", client.list_transform_jobs),
            ("Model", client.list_models),
        )
        for entry in listed(NameContains=execution, MaxResults=100)[_member(kind)]
    ]
    return dict(Counter(name.split("-")[2] for name in names))


def _member(kind: str) -> str:
    return "Models" if kind == "Model" else f"{kind}Summaries"


def predicted(laptop: Laptop, summary: dict[str, Any]) -> dict[str, int]:
    """Return the number of rows of a batch in the warehouse, and that of distinct groups."""
    sql = (
        "SELECT COUNT(*) AS rows, COUNT(DISTINCT (dateid, venueid, catid)) AS groups "
        f"FROM tickit_predictions WHERE execution_id = '{summary['execution_id']}'"
    )
    (row,) = laptop.json("query", sql)
    return dict(row)
