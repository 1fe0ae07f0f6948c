"""The function that compares the rows of a pipeline: created on demand, with few rights."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stacks.application import build_app, new_app
from tests.application.environments import BASIC, DEMAND, FIXED
from tests.synthesis import joined, statements


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    """The resources of the stack of a pipeline that skips unchanged data."""
    demand = replace(DEMAND, options={"unchanged": "skip"})
    app = build_app(
        replace(BASIC, pipelines=(demand,)), new_app(tmp_path_factory.mktemp("app")), **FIXED
    )
    return app.synth().get_stack_by_name("redline-basic-demand").template["Resources"]


def starting(resources, name, type_="AWS::IAM::Policy"):
    (found,) = [
        each
        for logical, each in resources.items()
        if logical.startswith(name) and each["Type"] == type_
    ]
    return found


def test_the_function_logs_in_as_the_user_of_the_pipeline(resources):
    function = starting(resources, "NewData", "AWS::Lambda::Function")["Properties"]
    assert function["Environment"]["Variables"]["DB_USER"] == "pipeline_reader_demand"
    assert function["Timeout"] == 600
    granted = {each["Sid"]: each for each in statements(starting(resources, "NewDataWarehouse"))}
    users = [joined(resource) for resource in granted["BecomeUser"]["Resource"]]
    assert [user.rpartition("/")[2] for user in users] == ["redline", "pipeline_reader_demand"]


def test_it_reads_only_results_of_its_own_statements(resources):
    granted = {each["Sid"]: each for each in statements(starting(resources, "NewDataWarehouse"))}
    following = granted["FollowOwnStatements"]
    assert "redshift-data:GetStatementResult" in following["Action"]
    assert "statement-owner-iam-userid" in str(following["Condition"])


def test_it_reads_the_versions_of_its_group_and_no_object_of_the_lake(resources):
    (granted,) = statements(starting(resources, "NewDataRegistryPolicy"))
    assert sorted(granted["Action"]) == [
        "sagemaker:DescribeModelPackage",
        "sagemaker:ListModelPackages",
    ]
    (versions,) = granted["Resource"]
    assert joined(versions).endswith(":model-package/redline-basic-demand/*")


def test_the_default_creates_no_function(environment):
    names = environment.templates["demand"]["Resources"]
    assert not [name for name in names if name.startswith("NewData")]
