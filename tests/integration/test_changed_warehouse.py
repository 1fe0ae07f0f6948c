"""An update of deployed stacks replaces the cluster by a workgroup, where data may be deleted."""

from __future__ import annotations

import pytest

from tests.application.app_of_changed_warehouse import NAMESPACE
from tests.application.laptop import APP_OF_CHANGED_WAREHOUSE, deploy, fill
from tests.integration.laptop import Laptop, started

pytestmark = pytest.mark.laptop


@pytest.fixture
def laptop(tmp_path):
    with started(Laptop(tmp_path / "state")) as laptop:
        yield laptop


def test_a_cluster_becomes_a_workgroup(laptop, tmp_path):
    deploy(laptop, "cluster", tmp_path / "one", app=APP_OF_CHANGED_WAREHOUSE)
    deploy(laptop, "workgroup", tmp_path / "two", app=APP_OF_CHANGED_WAREHOUSE)
    assert _clusters(laptop) == []
    assert _workgroups(laptop) == [NAMESPACE]
    fill(laptop, "basic")
    assert laptop.json("start", "demand", "--env", "basic")["packages"]


def test_a_cluster_with_retained_data_remains(laptop, tmp_path):
    deploy(laptop, "kept-cluster", tmp_path / "one", app=APP_OF_CHANGED_WAREHOUSE)
    refused = deploy(
        laptop, "kept-workgroup", tmp_path / "two", app=APP_OF_CHANGED_WAREHOUSE, code=1
    )
    assert "the cluster redline-basic would be replaced by an empty workgroup" in refused
    assert _clusters(laptop) == ["redline-basic"]
    assert _workgroups(laptop) == []
    statement = "SELECT COUNT(*) AS n FROM applied_migrations"
    (row,) = laptop.json("query", statement, "--env", "basic")
    assert row["n"] > 0


def _clusters(laptop):
    found = laptop.client("redshift").describe_clusters()["Clusters"]
    return [each["ClusterIdentifier"] for each in found]


def _workgroups(laptop):
    found = laptop.client("redshift-serverless").list_workgroups()["workgroups"]
    return [each["workgroupName"] for each in found]
