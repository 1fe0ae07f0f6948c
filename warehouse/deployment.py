"""Where an environment's warehouse is, read from the outputs of its stacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from warehouse.errors import LoadError


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """What loading needs to know of one deployed environment.

    `administrator` is what the Data API calls the warehouse and its administrator.
    """

    lake_bucket: str
    administrator: Mapping[str, str]
    warehouse_role_arn: str
    # The outputs of each pipeline's stack, by the pipeline's short name.
    pipelines: Mapping[str, Mapping[str, str]]


def read_deployment(cloudformation: Any, serverless: Any, environment: str) -> Deployment:
    """The deployment of `environment` in the account and region of the clients.

    Raises:
        LoadError: one of its stacks is not deployed there.
    """
    data = _outputs(cloudformation, f"redline-{environment}-data")
    warehouse = _outputs(cloudformation, f"redline-{environment}-warehouse")
    return Deployment(
        lake_bucket=data["LakeBucketName"],
        administrator=_administrator(serverless, warehouse),
        warehouse_role_arn=warehouse["WarehouseRoleArn"],
        pipelines=_pipelines(cloudformation, f"redline-{environment}-"),
    )


def _administrator(serverless: Any, outputs: Mapping[str, str]) -> dict[str, str]:
    """A cluster's secret is an output; a serverless namespace is asked for its own.

    CloudFormation does not tell that one (its coverage roadmap, issue 2021).
    """
    database = outputs["DatabaseName"]
    if "ClusterIdentifier" in outputs:
        target = {"ClusterIdentifier": outputs["ClusterIdentifier"]}
        return {**target, "Database": database, "SecretArn": outputs["AdminSecretArn"]}
    described = serverless.get_namespace(namespaceName=outputs["NamespaceName"])
    return {
        "WorkgroupName": outputs["WorkgroupName"],
        "Database": database,
        "SecretArn": described["namespace"]["adminPasswordSecretArn"],
    }


def _pipelines(cloudformation: Any, prefix: str) -> dict[str, dict[str, str]]:
    """The pipelines that have a stack, by their short names, with its outputs."""
    pages = cloudformation.get_paginator("describe_stacks").paginate()
    stacks = {
        stack["StackName"].removeprefix(prefix): _named(stack)
        for page in pages
        for stack in page["Stacks"]
        if stack["StackName"].startswith(prefix)
    }
    return {name: outputs for name, outputs in stacks.items() if "PipelineName" in outputs}


def _outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    try:
        (described,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        raise LoadError(_not_deployed(cloudformation, stack, "there is no such stack")) from error
    if not described["StackStatus"].endswith(("CREATE_COMPLETE", "UPDATE_COMPLETE")):
        raise LoadError(_not_deployed(cloudformation, stack, f"it is {described['StackStatus']}"))
    return _named(described)


def _named(stack: dict[str, Any]) -> dict[str, str]:
    """The outputs of a stack by their keys."""
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _not_deployed(cloudformation: Any, stack: str, state: str) -> str:
    environment = stack.split("-")[1]
    return (
        f"the stack {stack} is not deployed in {cloudformation.meta.region_name}: {state}; deploy "
        f"it first, on AWS with `make deploy ENV={environment}`, on the laptop cloud with "
        f"`python -m local_cloud deploy {environment}`"
    )
