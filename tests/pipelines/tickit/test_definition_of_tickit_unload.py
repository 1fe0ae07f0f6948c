"""tickit with UNLOAD: the golden text, and the differences from extraction by the job."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from local_cloud.definition_rules.document import references_of, steps_of
from local_cloud.definition_rules.targets import EXECUTION_ID
from pipeline_code.compiler import Place
from pipeline_code.compiler.lint import lint
from tests.definitions import definition
from tests.unit.golden import as_text, check_golden

GOLDEN = Path(__file__).parent / "golden" / "tickit_unload.json"


@pytest.fixture(scope="session")
def unload():
    return definition("tickit", extraction="unload").body


@pytest.fixture(scope="session")
def long_unload():
    return definition("tickit", extraction="long_unload").body


@pytest.fixture(scope="session")
def query(repository):
    folder = repository / "pipeline_code" / "tickit"
    inner = (folder / "query.sql").read_text().strip()
    return (folder / "query_of_period.sql").read_text().strip().replace("{query.sql}", inner)


def extract(body):
    """A copy of the extraction step."""
    (document,) = [step.document for step in steps_of(body) if step.name == "Extract"]
    return dict(document)


def others(body):
    return [step.document for step in steps_of(body) if step.name != "Extract"]


def test_the_definition_is_the_golden_one(unload, query):
    text = as_text(unload)
    text = text.replace(json.dumps(query), '"(the text of query_of_period.sql)"')
    digest = hashlib.sha256(query.encode()).hexdigest()
    text = text.replace(digest, "the SHA-256 of query_of_period.sql")
    check_golden(text, GOLDEN)


def test_the_linter_finds_nothing(unload, long_unload):
    assert lint(unload) == lint(long_unload) == []


def test_only_the_step_that_extracts_differs_between_the_two(unload, long_unload):
    here, there = extract(unload), extract(long_unload)
    assert (here.pop("Type"), there.pop("Type")) == ("Lambda", "Callback")
    assert here.pop("FunctionArn") == {"Get": "Environment.ExtractFunctionArn"}
    assert there.pop("SqsQueueUrl") == {"Get": "Environment.ExtractQueueUrl"}
    assert here == there
    assert others(unload) == others(long_unload)


def test_a_value_enters_as_a_value_and_not_in_the_query(unload, query):
    arguments = extract(unload)["Arguments"]
    assert arguments["query"] == query
    assert arguments["value_first_day"] == {"Get": "Parameters.FirstDay"}
    assert arguments["value_last_day"] == {"Get": "Parameters.LastDay"}
    assert ":first_day" in query


def test_every_argument_is_a_plain_value_as_the_service_wants_it(unload):
    for name, value in extract(unload)["Arguments"].items():
        expression = isinstance(value, dict) and set(value) <= {"Get", "Std:Join"}
        assert expression or isinstance(value, str), name


def test_the_prefix_is_of_this_execution_and_this_step(unload):
    arguments = extract(unload)["Arguments"]
    parts = arguments["s3_uri"]["Std:Join"]["Values"]
    assert parts[2:] == ["unload", "tickit", {"Get": EXECUTION_ID}, "Extract", ""]
    assert arguments["execution_id"] == {"Get": EXECUTION_ID}


def test_preprocess_reads_what_the_manifest_lists(unload):
    (preprocess,) = [step for step in steps_of(unload) if step.name == "Preprocess"]
    source = preprocess.arguments["ProcessingInputs"][1]["S3Input"]
    assert source["S3Uri"] == {"Get": "Steps.Extract.OutputParameters['manifest_uri']"}
    assert source["S3DataType"] == "ManifestFile"
    assert source["S3DataDistributionType"] == "ShardedByS3Key"


def test_a_manifest_output_that_is_not_declared_is_found(unload):
    body = json.loads(json.dumps(unload).replace("['manifest_uri']", "['manifest']"))
    (finding,) = lint(body)
    assert finding.rule == "reference to a missing property"
    assert "manifest_uri" in finding.allowed


@pytest.mark.parametrize(
    ("extraction", "action"),
    [("unload", "lambda:InvokeFunction"), ("long_unload", "sqs:SendMessage")],
)
def test_the_job_needs_no_warehouse_and_the_pipeline_one_action_more(extraction, action):
    needed = definition("tickit", extraction=extraction).manifest
    plain = definition("tickit").manifest
    assert set(needed.execution.actions) - set(plain.execution.actions) == {action}
    assert Place("unload", "tickit") in needed.job("Processing").reads
    dropped = set(plain.job("Processing").actions) - set(needed.job("Processing").actions)
    assert dropped == {
        "redshift:GetClusterCredentials",
        "redshift-data:CancelStatement",
        "redshift-data:DescribeStatement",
        "redshift-data:ExecuteStatement",
        "redshift-data:GetStatementResult",
    }


def test_the_warehouse_is_named_in_neither_definition(unload, long_unload):
    for body in (unload, long_unload):
        used = {target for _, target in references_of(body["Steps"])}
        assert used.isdisjoint({f"Environment.{n}" for n in ("ClusterIdentifier", "DatabaseUser")})
