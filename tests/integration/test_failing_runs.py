"""After any error, a run ends as Failed, with a reason that says what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.laptop import Laptop, step

pytestmark = pytest.mark.laptop

BROKEN = "redline-local-broken"
Change = Callable[[dict[str, Any]], None]


def query(text: str) -> Change:
    """Replace the query of Preprocess."""

    def change(arguments: dict[str, Any]) -> None:
        for found in arguments["ProcessingInputs"]:
            if "DatasetDefinition" in found:
                found["DatasetDefinition"]["RedshiftDatasetDefinition"]["QueryString"] = text

    return change


def csv_query(text: str) -> Change:
    """Like `query`, but unloaded as CSV, so that a column can contain any value."""

    def change(arguments: dict[str, Any]) -> None:
        query(text)(arguments)
        for found in arguments["ProcessingInputs"]:
            if "DatasetDefinition" in found:
                definition = found["DatasetDefinition"]["RedshiftDatasetDefinition"]
                definition["OutputFormat"] = "CSV"

    return change


def program(source: str, **environment: str) -> Change:
    """Replace the program of Preprocess."""

    def change(arguments: dict[str, Any]) -> None:
        arguments["AppSpecification"]["ContainerEntrypoint"] = ["python3", "-c", source]
        arguments.setdefault("Environment", {}).update(environment)

    return change


# One line: an entry point on AWS contains no line end (CreateProcessingJob, ContainerEntrypoint).
HOG = "held = [bytearray(64 * 1024 * 1024) for _ in iter(int, 1)]"
COLUMNS = "1 AS total_sold, 2 AS venueid, 3 AS catid, '2008-01-01' AS caldate, 't' AS holiday"
CASES = {
    "a broken row": (
        csv_query(f"SELECT {COLUMNS}, 'many' AS events"),
        ["0000_part_00", "line 1", "events", "many"],
    ),
    "an empty result": (query("SELECT qtysold FROM sales WHERE 1 = 0"), ["no rows"]),
    "a missing column": (query("SELECT qtysold AS total_sold FROM sales"), ["venueid"]),
    "an unknown column": (query("SELECT price FROM sales"), ["price"]),
    "a syntax error": (query("SELEC qtysold FROM sales"), ["syntax error at or near"]),
    "a table it may not read": (query("SELECT * FROM applied_migrations"), ["permission denied"]),
    "a script that raises": (program("raise ValueError('no such luck')"), ["exit code: 1"]),
    "one killed for memory": (program(HOG), ["memory", "ml.t3.medium"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_broken_run_fails_with_a_reason(laptop: Laptop, name: str):
    change, expected = CASES[name]
    _deploy_broken(laptop, change)
    summary = laptop.json("start", BROKEN, "-p", "ProcessingInstanceType=ml.t3.medium", code=1)
    assert summary["status"] == "Failed"
    failed = step(summary, "Preprocess")
    assert failed["status"] == "Failed"
    assert [words for words in expected if words not in failed["reason"]] == []
    assert summary["packages"] == []


def test_an_unknown_condition_is_refused_by_name(laptop: Laptop):
    client = laptop.client("sagemaker")
    body = json.loads(_deployed(client)["PipelineDefinition"])
    gate = next(found for found in body["Steps"] if found["Type"] == "Condition")
    gate["Arguments"]["Conditions"][0]["Type"] = "ConditionLessThanOrEqualTo"
    with pytest.raises(client.exceptions.ClientError, match="ConditionLessThanOrEqualTo"):
        client.update_pipeline(
            PipelineName="redline-local-tickit", PipelineDefinition=json.dumps(body)
        )


def _deployed(client: Any) -> dict[str, Any]:
    described: dict[str, Any] = client.describe_pipeline(PipelineName="redline-local-tickit")
    return described


def _deploy_broken(laptop: Laptop, change: Change) -> None:
    """Create a copy of the deployed pipeline, with the same roles and a changed first step."""
    client = laptop.client("sagemaker")
    deployed = _deployed(client)
    body = json.loads(deployed["PipelineDefinition"])
    change(body["Steps"][0]["Arguments"])
    request = {
        "PipelineName": BROKEN,
        "PipelineDefinition": json.dumps(body),
        "RoleArn": deployed["RoleArn"],
    }
    existing = {found["PipelineName"] for found in client.list_pipelines()["PipelineSummaries"]}
    if BROKEN in existing:
        client.update_pipeline(**request)
    else:
        client.create_pipeline(**request)
