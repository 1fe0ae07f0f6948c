"""The SQL files of Redshift ML, and the outputs of stacks that they contain."""

from __future__ import annotations

import pytest

from local_cloud.tests.deployed_models import Pages
from operations import OperationError
from operations.environment_clients import EnvironmentClients
from operations.sql import redshift_ml
from operations.sql.redshift_ml import pipeline_sql
from stacks.environments import ENVIRONMENTS

STACKS = {
    "redline-local-warehouse": {"MachineLearningRoleArn": "role"},
    "redline-local-bank": {"PipelineName": "redline-local-bank"},
    "redline-local-bank-serving": {"EndpointName": "redline-local-bank"},
    "redline-local-bank-batch": {"PipelineName": "redline-local-bank-batch"},
    "redline-local-bankrupt-serving": {"EndpointName": "redline-local-bankrupt"},
    "redline-local-warehouse2": {"MachineLearningRoleArn": "another role"},
}


class Account:
    """An account with `STACKS` and one cluster."""

    def get_paginator(self, operation):
        return Pages(getattr(self, operation))

    def describe_stacks(self):
        yield {
            "Stacks": [
                {
                    "StackName": name,
                    "Outputs": [
                        {"OutputKey": key, "OutputValue": value} for key, value in outputs.items()
                    ],
                }
                for name, outputs in STACKS.items()
            ]
        }

    def describe_clusters(self):
        cluster = {"ClusterIdentifier": "redline-local", "DBName": "dev", "MasterUsername": "admin"}
        yield {"Clusters": [cluster]}

    def list_workgroups(self):
        yield {"workgroups": []}


@pytest.fixture
def aws():
    return EnvironmentClients.of(ENVIRONMENTS["local"], lambda _: Account())


def test_the_outputs_are_those_of_the_stacks_of_the_pipeline(aws):
    assert pipeline_sql(aws, "bank").outputs == {
        "MachineLearningRoleArn": "role",
        "PipelineName": "redline-local-bank",
        "EndpointName": "redline-local-bank",
    }


def test_a_folder_without_statements_is_an_error(aws, tmp_path, monkeypatch):
    """Without the error, --drop would say that it dropped the models."""
    monkeypatch.setattr(redshift_ml, "PIPELINES", tmp_path)
    (tmp_path / "bank" / "redshift_ml" / "create").mkdir(parents=True)
    (tmp_path / "bank" / "redshift_ml" / "create" / "0001_model.sql").touch()
    with pytest.raises(OperationError, match=r"redshift_ml has no SQL files in compare, drop"):
        pipeline_sql(aws, "bank")


def test_files_that_an_editor_left_are_no_statements(aws, tmp_path, monkeypatch):
    monkeypatch.setattr(redshift_ml, "PIPELINES", tmp_path)
    for part in redshift_ml.PARTS:
        (tmp_path / "bank" / "redshift_ml" / part).mkdir(parents=True)
        (tmp_path / "bank" / "redshift_ml" / part / "0001.sql").write_text("CREATE MODEL bank.m")
    (tmp_path / "bank" / "redshift_ml" / "create" / ".#0001.sql").write_text("CREATE MODEL bank.n")
    assert pipeline_sql(aws, "bank").models("create") == [("bank", "m")]
