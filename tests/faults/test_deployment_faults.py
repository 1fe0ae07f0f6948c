"""Deployments that are interrupted, fail or are rolled back."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from local_cloud.child_environment import app_variables
from local_cloud.deployment.cdk_cli import CdkCli
from local_cloud.errors import DeployFailed
from tests.faults.inventory import inventory
from tests.faults.watching import eventually
from tests.integration.laptop import REPOSITORY, Laptop, started, unstarted

pytestmark = pytest.mark.laptop

WAREHOUSE, SERVING = "redline-local-warehouse", "redline-local-tickit-serving"
MONITOR, TICKIT = "redline-local-tickit-monitor", "redline-local-tickit"
# Resources that only stacks create.
MADE_ONCE = ("iam Roles", "lambda Functions", "s3 Buckets")
# A resource with a property that the laptop cloud does not support.
REFUSED = {"Type": "AWS::SQS::Queue", "Properties": {"Colour": "red"}}


@dataclass(frozen=True)
class Stacks:
    """The stacks of a laptop cloud."""

    laptop: Laptop

    @property
    def client(self) -> Any:
        return self.laptop.client("cloudformation")

    def described(self, name: str) -> dict[str, Any]:
        shown: dict[str, Any] = self.client.describe_stacks(StackName=name)["Stacks"][0]
        return shown

    def template(self, name: str) -> dict[str, Any]:
        body: dict[str, Any] = self.client.get_template(StackName=name)["TemplateBody"]
        return body

    def ids(self, name: str) -> dict[str, str]:
        listed = self.client.list_stack_resources(StackName=name)["StackResourceSummaries"]
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed}

    def every_id(self) -> set[str]:
        shown = self.client.describe_stacks()["Stacks"]
        return {made for stack in shown for made in self.ids(stack["StackName"]).values()}

    def failures(self, name: str) -> list[str]:
        """Return the reasons of failed resources, in order."""
        events = self.client.describe_stack_events(StackName=name)["StackEvents"]
        failed = [each for each in events if each["ResourceStatus"] == "UPDATE_FAILED"]
        return [each["ResourceStatusReason"] for each in failed[::-1]]

    def create(self, name: str, template: dict[str, Any]) -> dict[str, Any]:
        self.client.create_stack(StackName=name, TemplateBody=json.dumps(template))
        return self.described(name)

    def update(self, name: str, change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        template = self.template(name)
        change(template["Resources"])
        self.client.update_stack(StackName=name, TemplateBody=json.dumps(template))
        return self.described(name)


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    """An empty laptop cloud. The tests of this module depend on their order."""
    folder = tmp_path_factory.mktemp("deployments")
    with started(unstarted(folder, "tickit", "tickit-monitor")) as laptop:
        yield laptop


@pytest.fixture(scope="module")
def nothing(laptop):
    """The resources before the first deployment."""
    return inventory(laptop)


@pytest.fixture(scope="module")
def stacks(laptop):
    return Stacks(laptop)


@pytest.mark.fault(
    "cdk deploy is killed during the upload, between two stacks, and while it waits",
    sees="survived: the next deployment continues and succeeds",
    retried="by the user: make deploy again",
    kept="existing resources are kept: none is created twice",
)
def test_a_deployment_that_is_killed_continues(laptop, nothing, stacks, faults):
    faults.inject("crash", action="s3:PutObject", after=3, role="cdk-*")
    assert "cdk deploy was killed" in laptop.run("deploy", code=1).stderr
    for action, after in (("CreateStack", 2), ("DescribeStacks", 12)):
        faults.inject("crash", action=f"cloudformation:{action}", after=after, role="cdk-*")
        with pytest.raises(DeployFailed, match="cdk deploy was killed"):
            deploy_the_assembly(laptop)
    assert [hit["kind"] for hit in faults.hits()] == ["crash"] * 3
    faults.clear()
    assert "each of them verified" in laptop.run("deploy").stdout
    made = {name for _, name in inventory(laptop) - nothing}
    assert sum(name.startswith("redline-local-data-lake") for name in made) == 1
    roles = [role for role in made if role.startswith("redline-local-")]
    assert len(roles) == len(set(roles))
    laptop.run("load")


def deploy_the_assembly(laptop: Laptop) -> None:
    toolkit = CdkCli(folder=laptop.folder, cloud=laptop.cloud())
    toolkit.deploy(laptop.state / "cdk.out", laptop.state / "cdk.log", lambda line: None)


@pytest.mark.fault(
    "a service rejects a resource during the first deployment of a stack",
    sees="failed cleanly: ROLLBACK_COMPLETE with the resource and the error of its service",
    retried="by the user: the next deployment replaces the empty stack",
    kept="no resource of the stack remains; the other stacks are unchanged",
)
def test_a_first_deployment_that_fails_leaves_nothing(laptop, stacks, faults):
    template, before = stacks.template(MONITOR), inventory(laptop)
    stacks.client.delete_stack(StackName=MONITOR)
    without = inventory(laptop)
    assert before - without
    faults.inject("error", action="sagemaker:CreatePipeline", times=None)
    failed = stacks.create(MONITOR, template)
    faults.clear()
    assert failed["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Pipeline (AWS::SageMaker::Pipeline)" in failed["StackStatusReason"]
    assert "The request processing has failed" in failed["StackStatusReason"]
    assert inventory(laptop) == without


@pytest.mark.fault(
    "the function of a custom resource ends without a response",
    sees="failed cleanly: ROLLBACK_COMPLETE with the name of the log (AWS: after 15 minutes)",
    retried="by the user: the next deployment replaces the empty stack",
    kept="no resource of the stack remains; the other stacks are unchanged",
)
def test_a_custom_resource_without_an_answer_is_rolled_back(laptop, stacks, faults):
    template = stacks.template(SERVING)
    stacks.client.delete_stack(StackName=SERVING)
    without = inventory(laptop)
    faults.inject("crash", action="lambda:InvokeFunction", role=f"{SERVING}-EndpointEmptier*")
    failed = stacks.create(SERVING, template)
    assert failed["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "did not receive a response from your Custom Resource" in failed["StackStatusReason"]
    assert "check your logs for requestId" in failed["StackStatusReason"]
    assert inventory(laptop) == without
    # Both stacks that were rolled back are created again.
    assert "each of them verified" in laptop.run("deploy").stdout


@pytest.mark.fault(
    "a service rejects a resource during an update",
    sees="failed cleanly: UPDATE_ROLLBACK_COMPLETE with the resource and the reason",
    retried="by the user, with a corrected template",
    kept="every resource has its previous state and the same id",
)
def test_an_update_that_fails_is_rolled_back(laptop, stacks):
    before, there = stacks.ids(MONITOR), inventory(laptop)

    def change(resources: dict[str, Any]) -> None:
        resources["Pipeline"]["Properties"]["PipelineDisplayName"] = "another"
        resources["Refused"] = {**REFUSED, "DependsOn": "Pipeline"}
        (alarm,) = (name for name in resources if name.startswith("DriftDrifted"))
        del resources[alarm]

    failed = stacks.update(MONITOR, change)
    assert failed["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "Refused (AWS::SQS::Queue)" in failed["StackStatusReason"]
    assert "does not support Colour" in failed["StackStatusReason"]
    assert stacks.ids(MONITOR) == before
    assert inventory(laptop) == there
    shown = laptop.client("sagemaker").describe_pipeline(PipelineName=MONITOR)
    assert shown["PipelineDisplayName"] == MONITOR


def rows(laptop: Laptop, sql: str) -> list[list[Any]]:
    return [list(row.values()) for row in laptop.json("query", sql)]


VIEW, VIEW_VERSION = "latest_tickit_predictions", 6
CDK = str(REPOSITORY / "node_modules" / ".bin" / "cdk")
APPLIED = "SELECT version FROM applied_migrations ORDER BY version"


@pytest.mark.fault(
    "the warehouse aborts a migration, and all statements after it",
    sees="failed cleanly: UPDATE_ROLLBACK_FAILED with the migration and the error of the warehouse",
    retried="by the user: cdk rollback when the warehouse is available, then make deploy",
    kept="a migration and its record are one transaction: each is applied completely, and once",
)
def test_a_migration_and_the_roll_back_fail_until_the_warehouse_answers(laptop, stacks, faults):
    applied, sales = rows(laptop, APPLIED), rows(laptop, "SELECT COUNT(*) FROM sales")
    laptop.run("query", f"DROP VIEW {VIEW}")
    laptop.run("query", f"DELETE FROM applied_migrations WHERE version = {VIEW_VERSION}")

    def change(resources: dict[str, Any]) -> None:
        (migrations,) = (r for r in resources.values() if r["Type"].endswith("Migrations"))
        migrations["Properties"]["Fingerprint"] = "new"

    faults.inject("abort", role=f"{WAREHOUSE}-Migrations*", after=2, times=None)
    failed = stacks.update(WAREHOUSE, change)
    assert failed["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    assert "cancelled by WLM" in failed["StackStatusReason"]
    assert VIEW in str(stacks.failures(WAREHOUSE)[0])
    assert rows(laptop, APPLIED) == [row for row in applied if row != [VIEW_VERSION]]
    faults.clear()
    roll_back(laptop, WAREHOUSE)
    assert stacks.described(WAREHOUSE)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.update(WAREHOUSE, change)["StackStatus"] == "UPDATE_COMPLETE"
    assert rows(laptop, APPLIED) == applied
    assert rows(laptop, f"SELECT COUNT(*) FROM {VIEW}") == [[0]]
    assert rows(laptop, "SELECT COUNT(*) FROM sales") == sales


def roll_back(laptop: Laptop, stack: str) -> None:
    """Run `cdk rollback`, as documented."""
    ended = subprocess.run(
        [CDK, "rollback", stack, "--no-notices", "--app", str(laptop.state / "cdk.out")],
        cwd=laptop.state,
        env={**os.environ, **app_variables(laptop.cloud())},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.fault(
    "the stack of a pipeline is deleted while the pipeline runs",
    sees="failed cleanly: DELETE_FAILED with the execution that must be stopped",
    retried="by the user: stop the execution, then make destroy again",
    kept="no model of the run remains; the data exists until the deletion succeeds",
)
def test_a_pipeline_is_not_deleted_during_a_run(laptop, stacks, faults):
    laptop.run("tick", "tickit")
    laptop.run("approve", "tickit")
    faults.inject("slow", action="sagemaker:CreateProcessingJob", seconds=12)
    laptop.run("start", "tickit", "--no-wait")
    eventually(faults.hits)
    stacks.client.delete_stack(StackName=TICKIT)
    failed = stacks.described(TICKIT)
    execution = laptop.json("runs", "tickit")[0]["execution_id"]
    assert failed["StackStatus"] == "DELETE_FAILED"
    assert f"execution/{execution} is Executing: stop it" in failed["StackStatusReason"]
    assert len(laptop.packages()) == 1
    laptop.run("stop", execution)
    eventually(lambda: laptop.json("runs", "tickit")[0]["status"] == "Stopped")


@pytest.mark.fault(
    "cdk destroy after a failed attempt, with data in the lake and models in the registry",
    sees="survived: all resources without retention are deleted, and the remaining ones are listed",
    retried="by the user, if a resource could not be deleted: make destroy again",
    kept="the list contains every resource that did not exist before the first deployment",
)
def test_all_remaining_resources_are_listed(laptop, nothing):
    left = laptop.json("destroy", "local")["left"]
    assert {each["reason"] for each in left} == {
        "created by executions",
        "shared",
        "pending deletion",
    }
    assert {each["kind"] for each in left if each["reason"] == "created by executions"} == {
        "AWS::Logs::LogGroup"  # of the endpoint
    }
    assert not unlisted(inventory(laptop) - nothing, left)


@pytest.mark.fault(
    "cdk destroy of an environment that retains its data, then another deployment",
    sees="failed cleanly: retained resources are listed; the deployment names existing resources",
    retried="by the user: import the retained resources, or delete them, then deploy",
    kept="the lake, the key, the models and a final snapshot of the warehouse still exist",
)
def test_retained_resources_survive_and_block_the_next_deployment(laptop, stacks):
    before = inventory(laptop)
    whole = Laptop(laptop.state)
    whole.run("deploy", "staging")
    lake = laptop.output("redline-staging-data", "LakeBucketName")
    key = laptop.output("redline-staging-data", "DataKeyArn")
    laptop.client("s3").put_object(Bucket=lake, Key="kept/model", Body=b"model")
    package = register(laptop, "redline-staging-tickit")
    group = stacks.template("redline-staging-tickit")["Resources"]["ModelPackageGroup"]
    refused = whole.run("destroy", "staging", code=1).stderr
    assert "Nothing was deleted" in refused and "protection lift all" in refused
    whole.run("protection", "lift", "all")
    left = whole.json("destroy", "staging")["left"]
    retained = {each["kind"]: each for each in left if each["reason"] == "retained"}
    assert set(retained) == {
        "AWS::KMS::Key",
        "AWS::Redshift::ClusterSnapshot",
        "AWS::S3::Bucket",
        "AWS::SageMaker::ModelPackageGroup",
    }
    assert "redline-staging" not in str(laptop.client("redshift").describe_clusters()["Clusters"])
    assert not unlisted(inventory(laptop) - before, left)
    again = stacks.create("redline-staging-tickit", {"Resources": {"ModelPackageGroup": group}})
    assert again["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Model Package Group already exists" in again["StackStatusReason"]
    assert laptop.read(f"s3://{lake}/kept/model") == b"model"
    assert laptop.packages("redline-staging-tickit") == [package]
    shown = laptop.client("kms").describe_key(KeyId=key)["KeyMetadata"]
    assert shown["KeyState"] == "Enabled"


def unlisted(there: set[tuple[str, str]], left: list[dict[str, Any]]) -> set[str]:
    """Return the existing resources that are not in the list of remaining ones."""
    return {name for _, name in there} - {each["name"] for each in left}


def register(laptop: Laptop, group: str) -> str:
    """Register a version of a model without its data."""
    arn: str = laptop.client("sagemaker").create_model_package(
        ModelPackageGroupName=group,
        InferenceSpecification={
            "Containers": [{"Image": "image"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    return arn
