"""Reads the outputs of an environment's stacks that the loader needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from warehouse import LoadError

# The stack has all resources of its last successful operation. CloudFormation User Guide, "Stack
# status codes": https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
USABLE = frozenset(
    {
        *("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        *("UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
        *("IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"),
    }
)

# Output of the stack -> parameter of the Data API.
_TARGET = {
    "ClusterIdentifier": "ClusterIdentifier",
    "WorkgroupName": "WorkgroupName",
    "DatabaseName": "Database",
}
_LOGIN = {"AdminSecretArn": "SecretArn", "AdminUser": "DbUser"}


@dataclass(frozen=True, kw_only=True)
class DeployedEnvironment:
    """Outputs of the stacks of one environment.

    `warehouse` holds the Data API parameters that identify the database, `administrator` also those
    of a log-in that may replace rows; it is empty if the database belongs to others. With
    `own_schema`, only this schema belongs to the environment. `pipelines`
    maps the short name of a pipeline to the outputs of its stack. `generated_data` says whether
    rows may be replaced by generated rows.
    """

    lake_bucket: str
    warehouse: Mapping[str, str]
    administrator: Mapping[str, str]
    warehouse_role_arn: str
    pipelines: Mapping[str, Mapping[str, str]]
    generated_data: bool = False
    own_schema: str = ""

    def may_replace_rows(self, table: str) -> bool:
        """Return whether the table belongs to the environment."""
        prefix = f"{self.own_schema}." if self.own_schema else ""
        return bool(self.administrator) and table.startswith(prefix)


def read_deployed_environment(
    cloudformation: Any, serverless: Any, environment: str
) -> DeployedEnvironment:
    """Read the outputs of `environment` in the account and region of the clients.

    Raises:
        LoadError: a stack is not deployed there, or not in a state in which it is usable.
    """
    data = _outputs(cloudformation, f"redline-{environment}-data")
    warehouse = _outputs(cloudformation, f"redline-{environment}-warehouse")
    target, login = _parameters(warehouse, _TARGET), _login(serverless, warehouse)
    return DeployedEnvironment(
        lake_bucket=data["LakeBucketName"],
        warehouse=target,
        administrator={**target, **login} if login else {},
        warehouse_role_arn=warehouse["WarehouseRoleArn"],
        pipelines=_pipelines(cloudformation, f"redline-{environment}-"),
        own_schema=warehouse.get("Schema", ""),
        # An earlier release has no such output.
        generated_data=warehouse.get("GeneratedData") == "allowed",
    )


def _parameters(outputs: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Return those outputs that are parameters of the Data API, by the names of the parameters."""
    return {names[name]: value for name, value in outputs.items() if name in names}


def _login(serverless: Any, outputs: Mapping[str, str]) -> dict[str, str]:
    """Return the Data API parameters of the administrator, who may not exist.

    CloudFormation does not return the secret of a serverless namespace (its coverage roadmap, issue
    2021), so GetNamespace is called.
    """
    if "NamespaceName" in outputs:
        described = serverless.get_namespace(namespaceName=outputs["NamespaceName"])
        return {"SecretArn": described["namespace"]["adminPasswordSecretArn"]}
    return _parameters(outputs, _LOGIN)


def _pipelines(cloudformation: Any, prefix: str) -> dict[str, dict[str, str]]:
    """Return short name -> outputs for each pipeline that has a stack."""
    pages = cloudformation.get_paginator("describe_stacks").paginate()
    stacks = {
        stack["StackName"].removeprefix(prefix): _outputs_by_key(stack)
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
        raise LoadError(_not_deployed(cloudformation, stack, "the stack does not exist")) from error
    status = described["StackStatus"]
    if status not in USABLE:
        raise LoadError(_not_usable(cloudformation, stack, status))
    return _outputs_by_key(described)


def _outputs_by_key(stack: dict[str, Any]) -> dict[str, str]:
    """Return key -> value of the outputs of a stack."""
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _not_usable(cloudformation: Any, stack: str, status: str) -> str:
    if status.endswith("_IN_PROGRESS"):
        return f"the status of the stack {stack} is {status}: wait until it ends, then load again"
    state = f"its status is {status} (docs/destroy.md describes it)"
    return _not_deployed(cloudformation, stack, state)


def _not_deployed(cloudformation: Any, stack: str, state: str) -> str:
    environment = stack.split("-")[1]
    return (
        f"the stack {stack} is not deployed in {cloudformation.meta.region_name}: {state}. "
        f"Deploy it first: on AWS with `make deploy ENV={environment}`, on the laptop cloud with "
        f"`python -m local_cloud deploy {environment}`"
    )
